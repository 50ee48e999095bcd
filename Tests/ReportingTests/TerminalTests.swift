import Measurement
import Testing

@testable import Reporting

@Suite struct `Figures for people` {
    @Test func `have three significant digits and a unit chosen by size`() {
        #expect(Figure.rate(0) == "0 /s")
        #expect(Figure.rate(7) == "7.00 /s")
        #expect(Figure.rate(999) == "999 /s")
        #expect(Figure.rate(999.6) == "1.00 k/s")
        #expect(Figure.rate(1_234_567) == "1.23 M/s")
        #expect(Figure.rate(12_345_678) == "12.3 M/s")
        #expect(Figure.byteRate(1_500_000_000) == "1.50 GB/s")
        #expect(Figure.bytes(123_456) == "123 kB")
        #expect(Figure.rate(.nan) == "-/s")
    }

    @Test func `show durations from nanoseconds to minutes`() {
        #expect(Figure.duration(nanos: Int64(0)) == "0 ns")
        #expect(Figure.duration(nanos: Int64(812)) == "812 ns")
        #expect(Figure.duration(nanos: Int64(1_000)) == "1.00 µs")
        #expect(Figure.duration(nanos: Int64(9_996)) == "10.0 µs")
        #expect(Figure.duration(nanos: Int64(999_499)) == "999 µs")
        #expect(Figure.duration(nanos: Int64(999_600)) == "1.00 ms")
        #expect(Figure.duration(nanos: Int64(31_500_000)) == "31.5 ms")
        #expect(Figure.duration(seconds: 75) == "75.0 s")
        #expect(Figure.duration(seconds: 3_600) == "60.0 min")
    }

    @Test func `keep counts exact`() {
        #expect(Figure.count(Int64(0)) == "0")
        #expect(Figure.count(Int64(999)) == "999")
        #expect(Figure.count(Int64(1_000)) == "1,000")
        #expect(Figure.count(Int64(-1_234_567)) == "-1,234,567")
        #expect(Figure.count(UInt64.max) == "18,446,744,073,709,551,615")
    }
}

@Suite struct `The progress line` {
    static var line: ProgressLine {
        var line = ProgressLine(elapsedSeconds: 7.02, phase: .run)
        line.totalSeconds = 15
        line.shareDone = 0.468
        line.ackedRate = 1_234_567
        line.consumedRate = 987_654
        line.logicalBytesPerSecond = 126e6
        line.p50Nanos = 812_000
        line.p99Nanos = 4_200_000
        line.lags = [.init(group: "billing", records: 12_345)]
        return line
    }

    @Test func `says where the run is, how fast, how late and how far behind`() {
        #expect(
            Self.line.text(width: 100)
                == "run 7/15s  46%  acked 1.23 M/s  consumed 988 k/s  p50 812 µs  p99 4.20 ms  "
                + "lag 12,345  126 MB/s")
    }

    @Test func `names the groups where there are several`() {
        var line = Self.line
        line.lags.append(.init(group: "audit", records: 0))
        line.logicalBytesPerSecond = nil
        #expect(
            line.text(width: 120)
                == "run 7/15s  46%  acked 1.23 M/s  consumed 988 k/s  p50 812 µs  p99 4.20 ms  "
                + "lag billing 12,345, audit 0")
    }

    @Test func `leaves out what is not known`() {
        #expect(ProgressLine(elapsedSeconds: 3, phase: .drain).text(width: 80) == "drain 3s")
    }

    @Test func `never grows wider than the terminal`() {
        for width in 1...120 {
            let text = Self.line.text(width: width)
            #expect(text.count <= width)
        }
        #expect(Self.line.text(width: 20) == "run 7/15s  46%  ack…")
    }

    @Test func `is drawn in place on a terminal`() {
        var output = ""
        var display = ProgressDisplay(isTerminal: true, width: 21) { output += $0 }
        display.show(Self.line)
        display.show(ProgressLine(elapsedSeconds: 8, phase: .run))
        display.print("note")
        display.show(ProgressLine(elapsedSeconds: 9, phase: .run))
        display.finish()
        display.finish()
        // A narrower terminal than was thought does not wrap it, but all else.
        func line(_ text: String) -> String { "\r\u{1B}[?7l\(text)\u{1B}[K\u{1B}[?7h" }
        #expect(
            output
                == line("run 7/15s  46%  ack…") + line("run 8s") + "\nnote\n" + line("run 9s")
                + "\n")
    }

    @Test func `is a plain line elsewhere`() {
        var output = ""
        var display = ProgressDisplay(isTerminal: false) { output += $0 }
        display.show(ProgressLine(elapsedSeconds: 1, phase: .warmup))
        display.show(ProgressLine(elapsedSeconds: 2, phase: .run))
        display.finish()
        #expect(output == "warmup 1s\nrun 2s\n")
    }
}

@Suite struct `The summary for people` {
    @Test func `reads as a page with the verdict first`() {
        let expected = """
            SUSPECT: orders on embedded, 10.0 s, 200 k/s offered
              - the machine stalled for 31.5 ms
              - the rate had not settled: it sank by 12 %

            Throughput
              acknowledged   2,000,000 records   200 k/s   80.0 MB/s
              consumed       3,999,000 records   400 k/s    160 MB/s
              stored                    120 MB             12.0 MB/s
              10 records failed
              compression zstd:3, ratio 7.00, 154 records a batch, 9.23 kB a batch

            Latency            p50       p90       p99     p99.9       max
              send delay   1.50 µs   21.0 µs   21.0 µs   21.0 µs   21.0 µs
              response     4.00 ms   31.5 ms   31.5 ms   31.5 ms   31.5 ms
              end to end   5.00 ms    1.20 s    1.20 s    1.20 s    1.20 s

            Lag      at most 12,345 records, 42.5 ms
            Drain    250 ms at 4.00 k/s
            Audit    0 lost, 0 duplicated, 0 reordered, 0 corrupt, 0 misrouted

            Hiccups  at most 31.5 ms, p99 71.0 µs, CPU steal 1.25 %
            CPU      6.50 s user, 1.50 s system, 10.0 s per logical GB
            Memory   123 MB at most

            Share of this machine's limit
              write   73.1 %

            Results in Results/orders/20261121T104500Z

            """
        let text = SummaryReport.text(
            Fixture.summary, resultsPath: "Results/orders/20261121T104500Z")
        #expect(text == expected)
    }

    @Test func `says "at least" where the generator was the limit`() {
        var row = SummaryRow(
            run: Fixture.run, verdict: .generatorBound, loop: .closed, durationSeconds: 60)
        row.run.variant = "lz4"
        row.run.repetition = 3
        row["acked_records"] = 60_000_000
        let expected = """
            GENERATOR_BOUND: orders on embedded, lz4, repetition 3, 60.0 s, closed loop (rate: max)

            Throughput
              acknowledged   60,000,000 records   >= 1.00 M/s

            """
        #expect(SummaryReport.text(row) == expected)
    }

    @Test func `is at most 100 columns wide`() {
        var row = Fixture.summary
        row.run.profile = String(repeating: "long-name ", count: 12)
        row.verdictReasons = [String(repeating: "reason after reason ", count: 20)]
        let lines = SummaryReport.text(row).split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= 100 })
    }
}
