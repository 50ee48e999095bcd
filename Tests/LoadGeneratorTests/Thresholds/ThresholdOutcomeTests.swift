import Measurement
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite struct ThresholdOutcomeTests {
    /// Ten seconds at 1,000 records a second, of 100 bytes each.
    static var profile: Profile {
        var profile = Profile()
        profile.producers.rate = .constant(.perSecond(1_000))
        var group = ConsumerGroupSettings()
        group.group = "g"
        profile.consumers = [group]
        profile.roofline = true
        return profile
    }

    static var result: RunResult {
        var producers = ProducerTally()
        producers.sentRecords = 10_000
        producers.ackedRecords = 9_900
        producers.failedRecords = 100
        producers.ackedBatches = 100
        producers.logicalBytes = 990_000
        producers.uncompressedBatchBytes = 1_000_000
        producers.storedBytes = 250_000
        for value in 1...100 { producers.responseLatency.record(Int64(value) * 1000) }
        var tally = ConsumerTally()
        tally.records = 9_800
        tally.logicalBytes = 980_000
        tally.endToEndLatency.record(2_000_000)
        tally.endToEndLatency.record(0)
        var audit = AuditCounts()
        let place = RecordPlace(partition: TopicPartition(topic: "t", partition: 0))
        audit.add(3, .lost, at: place)
        audit.add(1, .duplicated, at: place)
        var hiccups = LatencyHistogram()
        hiccups.record(1_500_000)
        return RunResult(
            startedUnixNanos: 0, warmupNanos: 0, windowNanos: 10_000_000_000,
            measuredNanos: 10_000_000_000, sendingNanos: 10_000_000_000, isClosedLoop: false,
            unsentRecords: 0, producers: producers,
            groups: [
                .init(
                    group: "g", tally: tally, audit: audit, maxLagRecords: 500,
                    maxLagNanos: 250_000_000,
                    measuredNanos: 10_000_000_000)
            ],
            drain: .init(nanos: 500_000_000, records: 100),
            usage: WorkerUsage(), ackedRates: [],
            machine: .init(
                userCPUNanos: 600_000_000, systemCPUNanos: 390_000_000,
                maxResidentBytes: 1 << 20, stealPercent: 1.5, flushes: 25),
            hiccups: hiccups, largestStalls: [], failures: [], wasStopped: false, notes: [],
            verdict: .suspect)
    }

    static func outcome(
        _ text: String, shares: RunLimits.Shares? = nil,
        _ change: (inout RunResult) -> Void = { _ in }
    ) throws -> ThresholdOutcome {
        var profile = profile
        let read = try Profile(yaml: ThresholdReadingTests.consumers, thresholds: [text].options)
        profile.thresholds = read.thresholds
        var result = result
        change(&result)
        return profile.outcomes(of: result, shares: shares)[0]
    }

    @Test(arguments: [
        ("4", [true, true, false, true, false, false]),
        ("3", [false, true, true, false, true, false]),
        ("2", [false, false, false, true, true, true]),
    ])
    func `each comparison holds below, at and above its limit as it says`(
        limit: String, holds: [Bool]
    ) throws {
        for (comparison, holds) in zip(["<", "<=", "==", "!=", ">=", ">"], holds) {
            // Three records were lost.
            let outcome = try Self.outcome("lost \(comparison) \(limit)")
            #expect(outcome.holds == holds, "3 \(comparison) \(limit)")
        }
    }

    @Test(arguments: [
        ("verdict == VALID", false), ("verdict != VALID", true), ("verdict == SUSPECT", true),
        ("response_latency_p50 <= 50.1us", true), ("response_latency_p50 < 50us", false),
        ("response_latency_p99_us < 100us", true), ("response_latency_max >= 100us", true),
        ("response_latency_mean < 51us", true), ("e2e_latency_max <= 2ms", true),
        ("e2e_latency_max < 2ms", false), ("produced_rate >= 1k/s", true),
        ("produced_rate > 1000/s", false), ("acked_rate >= 0.99 offered", true),
        ("acked_rate >= 99.5% offered", false), ("consumed_rate >= 980/s", true),
        ("offered_rate >= 60000/min", true), ("logical_rate >= 99kB/s", true),
        ("logical_rate > 0.1MB/s", false), ("stored_rate <= 25KB/s", true),
        ("consumed_rate_mb_per_s >= 98KB/s", true), ("failed_records == 100", true),
        ("compression_ratio >= 4", true), ("compression_ratio > 4", false),
        ("records_per_batch_mean >= 99", true), ("bytes_per_batch_mean <= 2.5KB", true),
        ("clock_skew_count == 1", true), ("lag_records_max < 500", false),
        ("lag_records_max <= 0.5k", true), ("lag_time_max <= 250ms", true),
        ("lag_time_max < 0.25s", false), ("drain <= 500ms", true), ("drain_rate >= 200/s", true),
        ("duplicated == 1", true), ("reordered == 0", true), ("corrupt == 0", true),
        ("hiccup_max <= 1.5ms", true), ("hiccup_p99 < 1ms", false), ("cpu_steal <= 1.5%", true),
        ("cpu_s_per_logical_gb <= 1000", true), ("cpu_s_per_logical_gb < 999", false),
        ("rss_max <= 1MiB", true), ("rss_max < 1MB", false), ("fdatasync_calls == 25", true),
        ("fdatasync_per_acked_batch <= 0.25", true), ("batches == 100", true),
        ("share_of_write >= 75%", true), ("share_of_crc32c >= 0.1", false),
    ])
    func `each metric is compared in its unit`(text: String, holds: Bool) throws {
        let shares = RunLimits.Shares(ofWrite: 0.75)
        let outcome = try Self.outcome(text, shares: shares)
        #expect(outcome.holds == holds, "\(outcome)")
    }

    @Test func `what was not measured does not hold, whatever the comparison`() throws {
        for text in ["drain_rate >= 0/s", "drain_rate < 1M/s"] {
            let outcome = try Self.outcome(text) { $0.drain?.records = 0 }
            #expect(!outcome.holds && outcome.measured == nil)
            #expect(outcome.limit != nil)
        }
        let latency = try Self.outcome("e2e_latency_max < 1s") {
            $0.groups[0].tally.endToEndLatency = LatencyHistogram()
        }
        #expect(!latency.holds && latency.measured == nil)
        #expect(try !Self.outcome("share_of_write > 0").holds)
        let unread = try Self.outcome("lost == 0") { $0.groups = [] }
        #expect(!unread.holds && unread.measured == nil)
    }

    @Test func `a share of the offered rate says the rate`() throws {
        let outcome = try Self.outcome("acked_rate >= 0.5 offered")
        #expect(outcome.limit == .number(500))
        #expect(outcome.measured == .number(990))
    }
}
