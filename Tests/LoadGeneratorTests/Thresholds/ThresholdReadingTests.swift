import Measurement
import Testing

@testable import LoadGenerator

@Suite struct ThresholdReadingTests {
    static let consumers = "consumers: [{group: g}]\nroofline: true\n"

    static func threshold(_ text: String) throws -> Threshold {
        let profile = try Profile(yaml: consumers, thresholds: [text].options)
        return try #require(profile.thresholds.first)
    }

    static func fault(_ text: String, profile: String = consumers) -> String {
        do {
            _ = try Profile(yaml: profile + "thresholds:\n  - \(text)", source: "p.yaml")
            return ""
        } catch { return error.description }
    }

    @Test(
        arguments: [
            ("e2e_latency_p99 < 10ms", "e2e_latency_p99_us", .number(10_000)),
            ("e2e_latency_p99_us<10ms", "e2e_latency_p99_us", .number(10_000)),
            ("send_delay_mean <= 1.5us", "send_delay_mean_us", .number(1.5)),
            ("lag_time_max < 2s", "lag_time_max_ms", .number(2000)),
            ("drain <= 1m", "drain_s", .number(60)),
            ("hiccup_max < 0.5ms", "hiccup_max_ms", .number(0.5)),
            ("produced_rate >= 50k/s", "produced_rate_records_per_s", .number(50_000)),
            ("acked_rate >= 600/min", "acked_rate_records_per_s", .number(10)),
            ("produce_rate >= 0.98 offered", "produced_rate_records_per_s", .shareOfOffered(0.98)),
            ("consume_rate >= 98%  offered", "consumed_rate_records_per_s", .shareOfOffered(0.98)),
            ("acked_rate >= offered", "acked_rate_records_per_s", .shareOfOffered(1)),
            ("stored_rate < 1.5GB/s", "stored_rate_mb_per_s", .number(1500)),
            ("consumed_rate_mb_per_s > 1MiB/s", "consumed_rate_mb_per_s", .number(1.048576)),
            ("rss_max < 512MiB", "rss_max_bytes", .number(536_870_912)),
            ("bytes_per_batch_mean > 10KB", "bytes_per_batch_mean", .number(10_000)),
            ("lost == 0", "lost", .number(0)),
            ("lag_records_max < 10k", "lag_records_max", .number(1e4)),
            ("batches != 1_000", "batches", .number(1000)),
            ("compression_ratio > 3.5", "compression_ratio", .number(3.5)),
            ("cpu_steal <= 5 %", "cpu_steal_percent", .number(5)),
            ("share_of_write > 80%", "share_of_write", .number(0.8)),
            ("share_of_write > 0.8", "share_of_write", .number(0.8)),
            ("verdict == VALID", "verdict", .verdict(.valid)),
            ("verdict != GENERATOR_BOUND", "verdict", .verdict(.generatorBound)),
        ] as [(String, String, Threshold.Limit)])
    func `a limit arrives in the unit of its column`(
        text: String, column: String, limit: Threshold.Limit
    ) throws {
        let threshold = try Self.threshold(text)
        #expect(threshold.column == column)
        #expect(threshold.limit == limit)
        #expect(!threshold.aborts && threshold.after == .zero)
    }

    @Test func `options add to what the profile says, in either form`() throws {
        let profile = try Profile(
            yaml: Self.consumers + "thresholds: [lost == 0]",
            thresholds: [
                "  rss_max  <  1GiB ", "{that: lag_records_max < 5, abort: true, after: 10s}",
            ])
        #expect(
            profile.thresholds.map(\.text) == [
                "lost == 0", "rss_max < 1GiB", "lag_records_max < 5",
            ])
        #expect(profile.thresholds.map(\.aborts) == [false, false, true])
        #expect(profile.thresholds[2].after == .seconds(10))
        #expect(try Profile(yaml: "{}", thresholds: ["rss_max < 1GiB"]).thresholds.count == 1)
        let none = try Profile(yaml: "thresholds: [rss_max < 1GiB]", overrides: ["thresholds=[]"])
        #expect(none.thresholds.isEmpty)
    }

    @Test(arguments: [
        ("lost", "expected '<metric> <comparison> <limit>'"), ("< 5", "expected '<metric>"),
        ("lost ==", "expected '<metric>"), ("[lost]", "expected '<metric>"),
        ("", "expected '<metric>"), ("lots == 0", "did you mean 'lost'?"),
        ("e2e_latency_p98 < 1ms", "did you mean 'e2e_latency_p9"),
        (
            "no_such_thing_at_all < 1",
            "there is no metric 'no_such_thing_at_all'; 'weir profiles explain thresholds'"
        ),
        ("lost = 0", "'=' is not a comparison; write '=='"), ("lost =< 0", "write '<='"),
        ("lost ≤ 0", "write '<='"), ("lost <> 0", "write '!='"), ("lost <<< 0", "valid are <"),
        ("e2e_latency_p99 == 1ms", "never exactly equal"),
        ("compression_ratio != 1", "never exactly equal"), ("verdict < VALID", "with == or !="),
        ("e2e_latency_p99 = 1ms", "valid are < <= >= >"),
        ("verdict ≤ VALID", "valid are == !="), ("stored_rate < 5mib/s", "did you mean '5MiB/s'?"),
        ("e2e_latency_p99 < 10", "has no unit"), ("e2e_latency_p99 < 10KiB", "is not a unit"),
        ("e2e_latency_p99 < -1ms", "0 to 30 days"), ("lost == 0ms", "is not a unit"),
        ("lost == 0.5", "expected a count"), ("produced_rate > 5000", "did you mean '5000/s'?"),
        ("produced_rate > x offered", "expected a number"),
        ("lag_records_max < 0.98 offered", "'offered' is not a unit"),
        ("stored_rate < 5MB", "expected a rate such as 100MB/s"),
        ("stored_rate < 5k/s", "is not a unit"), ("rss_max < -1", "out of range"),
        ("compression_ratio > -3", "below 0"), ("compression_ratio > nan", "expected a number"),
        ("cpu_steal < 5", "expected a share such as 5%"),
        ("verdict == GOOD", "expected one of VALID"), ("verdict == valid", "'VALID'"),
        ("{tat: lost == 0}", "did you mean 'that'?"), ("{abort: true}", "'that' is missing"),
        ("{that: lost == 0, abort: true}", "known only when the run has ended"),
        ("{that: drain < 1s, abort: true}", "known only when the run has ended"),
        ("{that: acked_records >= 1k, abort: true}", "grows until the run ends"),
        ("{that: batches != 3, abort: true}", "grows until the run ends"),
        ("{that: rss_max < 1GB, abort: maybe}", "expected true or false"),
        ("{that: rss_max < 1GB, after: 1s}", "it needs abort: true"),
        ("{that: rss_max < 1GB, abort: true, after: 5}", "has no unit"),
    ])
    func `a fault of a threshold is reported at its line with its remedy`(
        text: String, part: String
    ) {
        let fault = Self.fault(text)
        #expect(fault.hasPrefix("p.yaml:4:") && !fault.contains("\n"), "\(fault)")
        #expect(fault.contains(part), "\(fault)")
    }

    @Test(arguments: [
        ("lost == 0", "", "is measured by consumers"),
        ("e2e_latency_p99 < 1s", "roofline: true\n", "add a consumer group"),
        ("share_of_write > 0.5", "", "roofline: true"),
        ("acked_rate > 0.9 offered", "producers: {rate: max}\n", "has no offered rate"),
        ("offered_rate > 1/s", "producers: {rate: max}\n", "has no offered rate"),
    ])
    func `what can never be measured is refused before the run`(
        text: String, profile: String, part: String
    ) {
        let fault = Self.fault(text, profile: profile)
        #expect(fault.contains(part) && fault.contains("remove the threshold"), "\(fault)")
        #expect(fault.hasPrefix("p.yaml:\(profile.isEmpty ? 2 : 3):5: "), "\(fault)")
    }

    @Test func `a list is short, and says each thing once`() {
        #expect(Self.fault("lost == 0\n  - lost  ==  0").contains("given twice"))
        let many = (0...100).map { "lag_records_max < \($0)" }.joined(separator: "\n  - ")
        #expect(Self.fault(many).contains("more than 100 thresholds"))
        let text = #expect(throws: ProfileErrors.self) {
            try Profile(yaml: "thresholds: lost == 0")
        }
        #expect(text?.description.contains("expected a list of") == true)
        let option = #expect(throws: ProfileErrors.self) {
            try Profile(yaml: "{}", thresholds: ["lots == 0"])
        }
        #expect(option?.description.hasPrefix("--threshold lots == 0: ") == true)
    }

    @Test func `every metric has a name of its own and is explained`() {
        #expect(Set(ThresholdMetric.names).count == ThresholdMetric.all.count)
        #expect(Set(ThresholdMetric.all.map(\.column)).count == ThresholdMetric.all.count)
        for metric in ThresholdMetric.all {
            #expect(ThresholdMetric.named(metric.column)?.column == metric.column)
        }
        for (name, metric) in zip(ThresholdMetric.names, ThresholdMetric.all) {
            #expect(ThresholdMetric.named(name)?.column == metric.column)
        }
        let explained = SettingExplanation.matching("thresholds").found[0].details.joined()
        #expect(ThresholdMetric.names.allSatisfy(explained.contains))
    }
}
