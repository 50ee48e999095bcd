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
            Self.line.text
                == "run 7/15s  46%  acked 1.23 M/s  consumed 988 k/s  p50 812 µs  p99 4.20 ms  "
                + "126 MB/s  lag 12,345")
    }

    @Test func `names the groups where there are several, all of them`() {
        var line = Self.line
        line.lags = (1...20).map { .init(group: "group-\($0)", records: Int64($0)) }
        #expect(line.text.hasSuffix("  lag group-19 19  lag group-20 20"))
        for width in 30...120 {
            let lines = line.lines(width: width)
            #expect(lines.allSatisfy { $0.count <= width })
            #expect(lines.joined(separator: "  ") == line.text)
            #expect(ProgressLine.lines(of: line.text, width: width) == lines)
        }
    }

    @Test func `leaves out what is not known`() {
        #expect(ProgressLine(elapsedSeconds: 3, phase: .drain).text == "drain 3s")
    }

    @Test func `never grows wider than the terminal`() {
        for width in 1...120 {
            #expect(Self.line.lines(width: width).allSatisfy { $0.count <= width })
        }
        #expect(
            Self.line.lines(width: 20) == [
                "run 7/15s  46%", "acked 1.23 M/s", "consumed 988 k/s", "p50 812 µs", "p99 4.20 ms",
                "126 MB/s  lag 12,345",
            ])
    }

    @Test func `is a block on a terminal, drawn again in place`() {
        var output = ""
        var display = ProgressDisplay(isTerminal: true, width: 61, isColoured: true) {
            output += $0
        }
        display.show(Self.line)
        display.show(ProgressLine(elapsedSeconds: 8, phase: .run))
        display.print("note")
        display.show(ProgressLine(elapsedSeconds: 9, phase: .run))
        display.finish()
        display.finish()
        // A narrower terminal than was thought does not wrap it, but all else.
        func block(_ text: String) -> String {
            "\r\u{1B}[?7l\u{1B}[1mrun\u{1B}[0m\(text)\u{1B}[J\u{1B}[?7h"
        }
        #expect(
            output
                == block(
                    " 7/15s  46%  acked 1.23 M/s  consumed 988 k/s  p50 812 µs\u{1B}[K\n"
                        + "p99 4.20 ms  126 MB/s  lag 12,345")
                + "\r\u{1B}[1A" + block(" 8s").dropFirst() + "\nnote\n" + block(" 9s") + "\n")
    }

    @Test func `leaves what others wrote between its blocks`() {
        var (output, isOpen) = ("", true)
        var display = ProgressDisplay(
            isTerminal: true, width: 10, isBlockOpen: { isOpen },
            output: {
                output += $0
                isOpen = true
            })
        display.show("one  two of it")
        output += "\nweir: ended\n"
        isOpen = false
        output = ""
        display.show("three")
        #expect(output == "\r\u{1B}[?7lthree\u{1B}[J\u{1B}[?7h")
    }

    @Test func `is a plain line elsewhere, as long as it is`() {
        var output = ""
        var display = ProgressDisplay(isTerminal: false, width: 10) { output += $0 }
        display.show(ProgressLine(elapsedSeconds: 1, phase: .warmup))
        display.show(Self.line)
        display.finish()
        #expect(output == "warmup 1s\n\(Self.line.text)\n")
    }
}

@Suite struct `Text on a terminal` {
    @Test func `has colours for verdicts and failures alone`() {
        #expect(
            TerminalText.coloured("VALID: orders\n  FAILED, INVALIDATE")
                == "\u{1B}[1;32mVALID\u{1B}[0m: orders\n  \u{1B}[1;31mFAILED\u{1B}[0m, INVALIDATE")
    }

    @Test func `is ASCII where the locale has nothing else`() {
        #expect(TerminalText.ascii("812 µs … 1.2× ≥ “a” ü") == "812 us ... 1.2x >= \"a\" ü")
        let utf8 = ["LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"]
        #expect(TerminalText.isUTF8 { utf8[$0] })
        let latin = ["LC_ALL": "de_DE.ISO-8859-1", "LANG": "C.utf8"]
        #expect(!TerminalText.isUTF8 { latin[$0] })
        #expect(TerminalText.isUTF8 { ["LANG": "en_US.utf8"][$0] })
        #expect(!TerminalText.isUTF8 { _ in nil })
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
