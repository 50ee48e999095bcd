import Foundation
import Testing

@testable import Reporting

@Suite struct `A script for gnuplot` {
    /// Text that would do harm if anything but the picture took it.
    static let hostileTexts = [
        "`touch pwned`", "'", "''", "a'''b", "'''; system 'touch pwned'",
        "'; system 'touch pwned'; '", "\"$(touch pwned)\"",
        "@x {a}_b^2 &{x} ~n{~}",
        "two\nlines\r\nsystem 'touch pwned'", "back\\", "\\\nset output", "%s %n %5$n 100 %%",
        "<b>&amp;]]><script>alert(1)</script>", "\u{0}\u{7}\u{1B}[31m\u{2028}\u{202E}\u{FFFE}",
        "END", "\nEND\nsystem 'touch pwned'\n", String(repeating: "long ", count: 500), "", "日本語 🎉",
    ]

    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Golden/charts")

    /// The whole scripts of a run and of a comparison: the data, and where it is drawn.
    @Test(arguments: [
        ("run", "throughput"), ("run", "latency"), ("run", "lag"), ("run", "percentiles"),
        ("comparison", "throughput"), ("comparison", "percentiles"),
        ("comparison", "throughput-by-variant"), ("comparison", "ratio-against-cpu"),
        ("comparison", "latency-by-variant"), ("run", "lag-by-partition"),
        ("load", "latency-against-load"),
    ])
    func `is what it was`(_ results: String, _ name: String) throws {
        let saved =
            switch results {
            case "run": ChartFixture.run()
            case "comparison": ChartFixture.comparison(ChartFixture.variants(3), repetitions: 2)
            default:
                ChartFixture.comparison(
                    [20_000, 50_000, 80_000].map {
                        .init("\(Int($0))", offered: $0, p99: $0 * $0 / 1e6)
                    })
            }
        let chart = try #require(Charts.plan([saved]).chart(name))
        let script = chart.gnuplotScript(.svg, output: "\(name).svg")
        let file = Self.golden.appending(component: "\(results)-\(name).gp")
        let expected = try? String(contentsOf: file, encoding: .utf8)
        if script != expected {
            // What is meant to differ is looked at, and copied.
            let now = FileManager.default.temporaryDirectory.appending(
                component: file.lastPathComponent)
            try script.write(to: now, atomically: true, encoding: .utf8)
            Issue.record("\(file.path) is no longer what is made, which is \(now.path)")
        }
    }

    @Test(arguments: hostileTexts)
    func `holds text only in single quotes, each on its line`(_ text: String) throws {
        var chart = try #require(Charts.plan([ChartFixture.run()]).chart("throughput"))
        let lines = chart.gnuplotScript(.svg, output: "a.svg").split(separator: "\n").count
        chart.title = text
        chart.finding = text
        chart.panels[0].series[0].name = text
        chart.panels[0].y.label = text
        chart.panels[0].notes = [.init(text: text, x: 1, y: 1)]
        let script = chart.gnuplotScript(.svg, output: "a.svg")
        // A long title and a long finding are wrapped, an empty name has no legend and an empty label no
        // line; nothing else adds one.
        #expect((lines - 3...lines + 6).contains(script.split(separator: "\n").count))
        for line in script.split(separator: "\n") {
            let parts = line.split(separator: "'", omittingEmptySubsequences: false)
            #expect(parts.count % 2 == 1, "quotes are not balanced: \(line)")
            #expect(!line.contains("'''"), "gnuplot takes a doubled quote for an end: \(line)")
            for outside in stride(from: 0, to: parts.count, by: 2) {
                let code = parts[outside]
                #expect(!code.contains("system") && !code.contains("`"), "\(line)")
                #expect(!code.contains("@") && !code.contains("\""), "\(line)")
            }
        }
    }

    @Test func `has no quotes in strings, and no control characters`() {
        #expect(GnuplotText.quoted("it's") == "'it’s'")
        #expect(GnuplotText.quoted("a\nb\u{0}c") == "'a b c'")
    }

    @Test func `shortens names in the middle and wraps text between words`() {
        #expect(GnuplotText.shortened("abcdefghij", to: 10) == "abcdefghij")
        #expect(GnuplotText.shortened("abcdefghijk", to: 7) == "abc…ijk")
        #expect(GnuplotText.wrapped("one two three", limit: 7, lines: 3) == ["one two", "three"])
        #expect(GnuplotText.wrapped("a b c d e f", limit: 3, lines: 2) == ["a b", "c …"])
        #expect(
            GnuplotText.wrapped("linger 5 ms · 2 of 20", limit: 8, lines: 4)
                == ["linger", "5 ms ·", "2 of 20"])
        #expect(GnuplotText.wrapped("12345 records", limit: 8, lines: 2) == ["12345", "records"])
        #expect(GnuplotText.wrapped("", limit: 3, lines: 2) == [""])
    }
}

@Suite struct `An axis` {
    @Test func `has ticks with units of their own where it is logarithmic`() {
        let axis = Chart.Axis.logarithmicTime("", micros: [30, 2_000_000])
        #expect(axis.range == 20...2_000_000)
        #expect(labels(axis) == ["100 µs", "1 ms", "10 ms", "100 ms", "1 s"])
        let narrow = Chart.Axis.logarithmicTime("", micros: [2_100, 9_000])
        #expect(labels(narrow) == ["2 ms", "5 ms", "10 ms"])
        // The other digits have ticks without a label.
        #expect(
            narrow.ticks.filter(\.label.isEmpty).map { ($0.place / 1_000).rounded() }
                == [3, 4, 6, 7, 8, 9])
        let narrower = Chart.Axis.logarithmicTime("", micros: [2_100, 2_300])
        #expect(narrower.range == 2_000...2_500)
        let script = Chart(
            name: "a", title: "a", caption: "",
            panels: [.init(x: .fromZero("", maximum: 1), y: narrow, series: [])],
            table: ChartTable(columns: [], rows: [])
        ).gnuplotScript(.svg, output: "a.svg")
        #expect(script.contains("'5 ms' 5000, '10 ms' 10000, '' 3000 1"))
    }

    @Test func `has as many labels as there is room for`() {
        for decades in 1...12 {
            let axis = Chart.Axis.logarithmicTime(
                "", micros: [1, pow(10, Double(decades))], labels: 6)
            #expect((3...6).contains(labels(axis).count), "\(decades) decades")
        }
    }

    private func labels(_ axis: Chart.Axis) -> [String] {
        axis.ticks.map(\.label).filter { !$0.isEmpty }
    }

    @Test(arguments: [[], [0], [-5, 0], [.nan], [.infinity], [1_000], [1e-300, 1e300]])
    func `has a length whatever the values are`(_ values: [Double]) {
        let logarithmic = Chart.Axis.logarithmicTime("", micros: values)
        #expect(logarithmic.range.lowerBound > 0)
        #expect(logarithmic.range.upperBound > logarithmic.range.lowerBound)
        let linear = Chart.Axis.fromZero("", maximum: values.max() ?? 0)
        #expect(linear.range.lowerBound == 0)
        #expect(linear.range.upperBound > 0)
    }

    @Test(arguments: [
        (Measure.recordRate, 950.0, "records/s"), (.recordRate, 50_000, "k records/s"),
        (.recordRate, 2.5e6, "M records/s"), (.megabyteRate, 27, "MB/s"),
        (.megabyteRate, 1_200, "GB/s"), (.latency, 900, "µs"), (.latency, 31_500, "ms"),
        (.age, 4.5, "ms"), (.age, 12_000, "s"), (.records, 12, "records"),
    ])
    func `has the unit that fits`(_ measure: Measure, _ maximum: Double, _ unit: String) {
        #expect(measure.unit(forMaximum: maximum).name == unit)
    }
}
