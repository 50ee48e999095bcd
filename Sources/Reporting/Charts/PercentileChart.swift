import Foundation

/// Latency by percentile, the axis stretched towards the tail: each decade is one more nine.
enum PercentileChart {
    /// The most lines that the palette distinguishes.
    private static let subjectLimit = 21

    static func picture(of subjects: [ChartSubject], subtitle: [String]) -> Charts.Plan {
        let title = "Latency by percentile"
        let present = subjects.filter { $0.runs.contains { !lines($0).isEmpty } }
        guard let first = present.first else {
            let isMissing = subjects.allSatisfy { $0.runs.allSatisfy(\.percentiles.isEmpty) }
            let reason =
                isMissing
                ? "there is no row in percentiles.csv; a run writes it at its end"
                : "it needs latency, percentile and value_us in percentiles.csv"
            return Charts.Plan(notes: ["\(title): left out, since \(reason)"])
        }
        guard present.count <= subjectLimit else {
            return Charts.Plan(notes: [
                "\(title): left out, since \(present.count) variants are too many to tell "
                    + "apart (at most \(subjectLimit)); draw some of them by their own folders"
            ])
        }
        var caption =
            "The latency that a share of the records stays within; the last point is the slowest "
            + "record."
        if present.contains(where: { $0.runs.count > 1 }) {
            caption +=
                " Percentiles are not averaged: of the repetitions, the one with the median p99 "
                + "is drawn."
        }
        let panels: [Chart.Panel]
        var subtitle = subtitle
        if present.count == 1 {
            panels = [panel("", lines(typical(first)))]
        } else {
            let groups = present.flatMap { $0.runs.flatMap(\.groups) }.uniqued()
            subtitle += GroupPanels.notes(on: groups)
            panels =
                [panel("Response latency", overlay(present, kind: "response_latency", group: nil))]
                + GroupPanels.shown(of: groups).map { group in
                    panel(
                        "End-to-end latency of \(group)",
                        overlay(present, kind: "e2e_latency", group: group))
                }
        }
        let shown = panels.filter { !$0.series.isEmpty }
        guard !shown.isEmpty else {
            return Charts.Plan(notes: [
                "\(title): left out, since no response_latency or e2e_latency is in percentiles.csv"
            ])
        }
        return Charts.Plan(charts: [
            Chart(
                name: "percentiles", title: title, finding: finding(shown), subtitle: subtitle,
                caption: caption, panels: alike(shown), sharesLegend: present.count > 1,
                table: table(shown))
        ])
    }

    /// The tail of the last latency of a run, which is what a user waits for; of several subjects, the
    /// lowest p99 and the highest.
    private static func finding(_ panels: [Chart.Panel]) -> String {
        guard let panel = panels.last else { return "" }
        func value(_ series: Chart.Series, at place: Double) -> Double? {
            series.points.first { abs($0.x - place) < place * 0.005 }?.y
        }
        let text = Measure.latency.text
        let tails = panel.series.compactMap { series in
            value(series, at: 100).map { (series: series, p99: $0) }
        }.sorted { $0.p99 < $1.p99 }
        guard panel.title.isEmpty || tails.count < 2 else {
            return "p99 is from \(text(tails[0].p99)) (\(tails[0].series.name)) to "
                + "\(text(tails[tails.count - 1].p99)) (\(tails[tails.count - 1].series.name))."
        }
        guard let line = panel.series.last, let p99 = value(line, at: 100) else { return "" }
        let half = value(line, at: 2).map { "half of the records stay within \(text($0)), " } ?? ""
        let nines = value(line, at: 1_000).map { ", 99.9 % within \(text($0))" } ?? ""
        let slowest = line.points.last?.y.map { "; the slowest took \(text($0))" } ?? ""
        let name = line.name.prefix(1).uppercased() + line.name.dropFirst()
        return "\(name): \(half)99 % within \(text(p99))\(nines)\(slowest)."
    }

    private struct Line {
        var name: String
        /// `response_latency` and the like.
        var kind: String
        /// Of an end-to-end latency.
        var group: String?
        var ink: Ink
        var points: [Chart.Point]
    }

    // MARK: Lines

    private static func lines(_ run: ChartRun) -> [Line] {
        let kinds: [(kind: String, name: String, ink: Ink)] = [
            ("send_delay", "send delay", Ink(colour: .grey, dash: .dotted)),
            ("service_latency", "service", Ink(colour: .sky, dash: .dashed)),
            ("response_latency", "response", Ink(colour: Palette.produced)),
        ]
        let groups = run.groups
        let ofProducers = kinds.map { kind, name, ink in
            Line(name: name, kind: kind, ink: ink, points: points(run, kind, group: nil))
        }
        let ofGroups = groups.enumerated().map { index, group in
            Line(
                name: "end-to-end of \(group)", kind: "e2e_latency", group: group,
                ink: Palette.group(index), points: points(run, "e2e_latency", group: group))
        }
        return (ofProducers + ofGroups).filter { !$0.points.isEmpty }
    }

    /// One latency of all subjects, each in its own ink.
    private static func overlay(
        _ subjects: [ChartSubject], kind: String, group: String?
    ) -> [Line] {
        subjects.compactMap { subject in
            lines(typical(subject)).first { $0.kind == kind && $0.group == group }.map { line in
                var line = line
                line.name = subject.name
                line.ink = subject.ink
                return line
            }
        }
    }

    /// x is 1/(1−p). For the maximum that is infinite, so it is drawn at the number of records.
    private static func points(
        _ run: ChartRun, _ kind: String, group: String?
    ) -> [Chart.Point] {
        let rows = run.percentiles.filter {
            $0["latency"] == kind && $0["group"] == group
        }
        return rows.compactMap { row in
            guard let value = row.number("value_us"), let percentile = row.number("percentile"),
                (0...100).contains(percentile)
            else { return nil }
            let place =
                percentile < 100
                ? row.number("one_by_one_minus_percentile") ?? 1 / (1 - percentile / 100)
                : row.number("total_count")
            guard let place, place >= 1 else { return nil }
            return Chart.Point(place, value > 0 ? value : nil)
        }.sorted { $0.x < $1.x }
    }

    /// Of a subject's repetitions, the one whose p99 is the median (the lower of two).
    private static func typical(_ subject: ChartSubject) -> ChartRun {
        let counting = subject.countedRuns
        let runs = counting.isEmpty ? subject.runs : counting
        let ranked = runs.compactMap { run -> (run: ChartRun, p99: Double)? in
            let lines = lines(run)
            let line = lines.first { $0.kind == "e2e_latency" } ?? lines.last
            let p99 = line?.points.last { $0.x <= 100.5 }?.y
            return p99.map { (run, $0) }
        }.sorted { $0.p99 < $1.p99 }
        return ranked.isEmpty
            ? subject.runs.first { !lines($0).isEmpty } ?? subject.runs[0]
            : ranked[(ranked.count - 1) / 2].run
    }

    // MARK: Axes

    private static func panel(_ title: String, _ lines: [Line]) -> Chart.Panel {
        Chart.Panel(
            title: title, x: axis(lines.flatMap(\.points)), y: height(lines.flatMap(\.points)),
            series: lines.enumerated().map { index, line in
                // A line that lies on another is thinner, so that both are visible.
                let width = max(3.2 - 0.5 * Double(index), 1.6)
                return Chart.Series(
                    name: line.name, mark: .line(width: width), ink: line.ink, points: line.points)
            })
    }

    /// For the slower half of the records: the fastest may be a thousand times faster, and would take
    /// the room of those that matter.
    private static func height(_ points: [Chart.Point]) -> Chart.Axis {
        let half = points.filter { $0.x >= 2 }.compactMap(\.y)
        return .logarithmicTime("", micros: half.isEmpty ? points.compactMap(\.y) : half)
    }

    private static func axis(_ points: [Chart.Point]) -> Chart.Axis {
        let last = max(points.map(\.x).max() ?? 10, 10)
        // With many nines there is room for only one label below the first.
        let all = [Chart.Tick(place: 1, label: "0 %"), Chart.Tick(place: 2, label: "50 %")]
        var ticks = last > 1e3 ? Array(all.suffix(1)) : all
        var (place, digits) = (10.0, -1)
        while place <= last * 1.000_001, ticks.count < 14 {
            let percent = Figure.fixed(100 - 100 / place, digits: max(digits, 0))
            ticks.append(Chart.Tick(place: place, label: "\(percent) %"))
            place *= 10
            digits += 1
        }
        return Chart.Axis(
            label: "share of the records", range: 1...last, isLogarithmic: true, ticks: ticks)
    }

    /// The panels get the same axes, so that they can be compared.
    private static func alike(_ panels: [Chart.Panel]) -> [Chart.Panel] {
        let points = panels.flatMap { $0.series.flatMap(\.points) }
        let y = height(points)
        return panels.enumerated().map { index, panel in
            var panel = panel
            panel.x = axis(points)
            panel.y = y
            if index < panels.count - 1 { panel.x.label = "" }
            return panel
        }
    }

    private static func table(_ panels: [Chart.Panel]) -> ChartTable {
        let places = [2.0, 10, 100, 1_000, 10_000]
        var table = ChartTable(
            columns: ["", "p50", "p90", "p99", "p99.9", "p99.99", "maximum"], rows: [])
        for panel in panels {
            for series in panel.series {
                let figures = places.map { place -> String in
                    let point = series.points.first { abs($0.x - place) < place * 0.005 }
                    return point?.y.map(Measure.latency.text) ?? ""
                }
                let maximum = series.points.last?.y.map(Measure.latency.text) ?? ""
                let name = panel.title.isEmpty ? series.name : "\(panel.title): \(series.name)"
                table.rows.append([name] + figures + [maximum])
            }
        }
        return table
    }
}
