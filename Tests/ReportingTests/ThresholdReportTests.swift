import Testing

@testable import Reporting

@Suite struct `The thresholds of a run` {
    private func row(
        _ threshold: String, _ measured: Double?, _ limit: Double?, _ unit: String = "",
        holds: Bool = false, endedAfter: Double? = nil
    ) -> ThresholdRow {
        ThresholdRow(
            run: Fixture.runName, threshold: threshold, metric: "m", comparison: "<",
            limit: limit.map(ThresholdRow.Figure.number),
            measured: measured.map(ThresholdRow.Figure.number), unit: unit, holds: holds,
            endedRunAfterSeconds: endedAfter)
    }

    @Test func `are shown with what failed and by how much`() {
        let rows = [
            row("e2e_latency_p99 < 10ms", 12_500, 10_000, "us"),
            row("lost == 0", 0, 0, holds: true), row("corrupt == 0", 3, 0),
            row("acked_rate >= 0.98 offered", 44_100, 49_000, "records_per_s"),
            row("drain_rate > 1/s", nil, 1, "records_per_s"),
            row("rss_max < 1MiB", 2_097_152, 1_048_576, "bytes", endedAfter: 12.3),
            row("lag_time_max < 1s", 1_500, 1_000, "ms"), row("drain < 1s", 1.25, 1, "s"),
            row("stored_rate < 50MB/s", 51, 50, "mb_per_s"),
            row("cpu_steal < 5%", 7.5, 5, "percent"), row("compression_ratio > 3", 2.25, 3),
        ]
        #expect(
            ThresholdReport.lines(rows) == [
                "Thresholds: 10 of 11 failed",
                "  e2e_latency_p99 < 10ms       12.5 ms        FAILED, 25.0 % above",
                "  lost == 0                    0              holds",
                "  corrupt == 0                 3              FAILED",
                "  acked_rate >= 0.98 offered   44.1 k/s       FAILED, 10.0 % below 49.0 k/s",
                "  drain_rate > 1/s             not measured   FAILED",
                "  rss_max < 1MiB               2.10 MB        FAILED, 100 % above; ended the run "
                    + "after 12.3 s",
                "  lag_time_max < 1s            1.50 s         FAILED, 50.0 % above",
                "  drain < 1s                   1.25 s         FAILED, 25.0 % above",
                "  stored_rate < 50MB/s         51.0 MB/s      FAILED, 2.00 % above",
                "  cpu_steal < 5%               7.50 %         FAILED, 50.0 % above",
                "  compression_ratio > 3        2.25           FAILED, 25.0 % below",
            ])
        #expect(ThresholdReport.lines([]).isEmpty)
        #expect(ThresholdReport.lines([rows[1]])[0] == "Thresholds: holds")
        #expect(ThresholdReport.lines([rows[1], rows[1]])[0] == "Thresholds: all hold")
    }

    @Test func `stand below the figures that they are about`() {
        let text = SummaryReport.text(
            Fixture.summary, thresholds: [row("lost == 0", 0, 0, holds: true)], resultsPath: "r")
        #expect(text.hasSuffix("\n\nThresholds: holds\n  lost == 0   0   holds\n\nResults in r\n"))
        #expect(!SummaryReport.text(Fixture.summary).contains("Thresholds"))
    }

    @Test func `are rows of numbers, empty where there is none`() {
        func line(_ row: ThresholdRow) -> String { CSV.line(row, ThresholdRow.columns) }
        #expect(
            line(row("a < 8ms", 10_000, 8_000, "us", endedAfter: 1.5))
                == "orders/20261121T104500Z,default,1,a < 8ms,m,<,8000.0000,10000.0000,us,false,2000.000,25.000,1.500\r\n"
        )
        #expect(
            line(row("a == 0", 2, 0))
                == "orders/20261121T104500Z,default,1,a == 0,m,<,0.0000,2.0000,,false,2.000,,\r\n")
        #expect(
            line(row("a > 1", nil, 1))
                == "orders/20261121T104500Z,default,1,a > 1,m,<,1.0000,,,false,,,\r\n")
        #expect(
            line(row("a > offered", nil, nil))
                == "orders/20261121T104500Z,default,1,a > offered,m,<,,,,false,,,\r\n")
        let verdict = ThresholdRow(
            run: RunName(runID: "r", variant: "zstd:3", repetition: 4),
            threshold: "verdict == VALID", metric: "verdict",
            comparison: "==", limit: .word("VALID"), measured: .word("SUSPECT"), unit: "",
            holds: false)
        #expect(
            line(verdict)
                == "r,zstd:3,4,verdict == VALID,verdict,==,VALID,SUSPECT,,false,,,\r\n")
    }

    @Test func `are counted in the summary, which is empty without any`() {
        let rows = [row("a", 1, 1, holds: true), row("b", 1, 1), row("c", nil, 1)]
        let counted = SummaryRow.Thresholds(rows)
        #expect(counted.count == 3 && counted.failed == 2)
        let none = SummaryRow.Thresholds([])
        #expect(none.count == nil && none.failed == nil)
    }
}
