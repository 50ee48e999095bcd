import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `Results as OpenMetrics` {
    private struct Sample: Decodable {
        var family: String
        var type: String
        var unit: String
        var name: String
        var labels: [String: String]
        var value: Double
    }

    /// The fixture's row as a folder, its percentiles with it where `latency` is given.
    private func results(
        _ row: SummaryRow = Fixture.summary, in root: TemporaryFolder, name: String = "a"
    ) throws -> SavedResults {
        let folder = try ResultsFolder.create(
            in: root.path + "/" + name, profile: "orders", startedAtUnixNanos: Fixture.startedAt)
        try folder.csv(SummaryRow.self).append(row)
        try folder.csv(PercentileRow.self).append(
            PercentileRow.distribution(
                of: Fixture.histogram([812_000, 4_000_000, 31_500_000]), kind: .responseLatency,
                run: Fixture.runName))
        return try SavedResults(path: folder.path)
    }

    @Test func `are in seconds and bytes, and nothing is said of what was not measured`() throws {
        let root = try TemporaryFolder()
        let text = try OpenMetrics.text(of: [results(in: root)])
        let labels = "{profile=\"orders\",variant=\"default\",repetition=\"1\",target=\"embedded\"}"
        for line in [
            "# TYPE weir_duration_seconds gauge", "# UNIT weir_duration_seconds seconds",
            "weir_duration_seconds\(labels) 10", "weir_stored_bytes\(labels) 120000000",
            "weir_lag_max_seconds\(labels) 0.0425", "weir_hiccup_max_seconds\(labels) 0.0315",
            "weir_started_at_seconds\(labels) 1795257900.123", "weir_lost_records\(labels) 0",
            "weir_cpu_steal_ratio\(labels) 0.0125",
            "weir_response_latency_seconds_count\(labels) 3",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
        #expect(!text.contains("wire_bytes"))
        #expect(!text.contains("service_latency"))
        // A mean without a number of records is no sum.
        #expect(text.contains("weir_e2e_latency_seconds{"))
        #expect(!text.contains("weir_e2e_latency_seconds_sum"))
        #expect(text.hasSuffix("\n# EOF\n"))
    }

    @Test func `of runs that cannot be told apart are refused`() throws {
        let root = try TemporaryFolder()
        let first = try results(in: root)
        #expect(throws: ReportingError.self) { try OpenMetrics.text(of: [first, first]) }
        var other = Fixture.summary
        other.run.repetition = 2
        let both = try OpenMetrics.text(of: [first, results(other, in: root, name: "b")])
        let samples = both.split(separator: "\n").filter { $0.hasPrefix("weir_acked_records{") }
        #expect(samples.count == 2)
    }

    @Test(
        .enabled(
            if: Python.interpreterWithPackages != nil,
            "WEIR_TEST_PYTHON names no Python with the packages of Interop/requirements.txt"))
    func `are read by Prometheus' own parsers, whatever the labels hold`() throws {
        let root = try TemporaryFolder()
        var odd = Fixture.summary
        odd.run.variant = "a \"b\"\\n, {c}\nd é"
        let saved = [try results(in: root), try results(odd, in: root, name: "b")]
        let path = root.path + "/metrics.txt"
        try OpenMetrics.text(of: saved).write(toFile: path, atomically: true, encoding: .utf8)
        let output = try Python.run(
            Python.interpreterWithPackages!, "read_openmetrics.py", path)
        let samples = try output.split(separator: "\n").map {
            try JSONDecoder().decode(Sample.self, from: Data($0.utf8))
        }
        #expect(Set(samples.compactMap { $0.labels["variant"] }) == ["default", odd.run.variant])
        func value(_ name: String, _ more: [String: String] = [:]) -> Double? {
            samples.first { sample in
                sample.name == name && sample.labels["variant"] == "default"
                    && more.allSatisfy { sample.labels[$0.key] == $0.value }
            }?.value
        }
        #expect(value("weir_verdict", ["verdict": "SUSPECT"]) == 1)
        #expect(value("weir_verdict", ["verdict": "VALID"]) == 0)
        #expect(value("weir_run_info", ["run_id": "orders/20261121T104500Z"]) == 1)
        #expect(value("weir_acked_records_per_second") == 200_000)
        #expect(value("weir_response_latency_seconds", ["quantile": "1"]) == 0.0315)
        let sum = try #require(value("weir_response_latency_seconds_sum"))
        #expect(abs(sum - 0.036312) < 1e-4)
        for sample in samples where !sample.unit.isEmpty {
            #expect(sample.family.hasSuffix("_" + sample.unit))
        }
        #expect(samples.contains { $0.type == "summary" })
    }
}
