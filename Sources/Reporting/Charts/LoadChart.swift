import Foundation
import Measurement

/// Latency against offered load: the target sustains the load up to where the curve bends upwards.
/// For a search for the highest rate it also shows the answer and the bounds.
enum LoadChart {
    static let rate = "offered_rate_records_per_s"
    /// The column of a sweep over the rate.
    static let rateSetting: Set<String> = ["set_producers_rate"]

    struct Curve {
        /// The settings that all its variants share.
        var key: [String]
        /// The settings in which it differs from the other curves; empty for a lone one.
        var name: String
        var ink: Ink
        var variants: [(rate: Double, variant: VariantFigures)]
        /// Of the search that it comes from.
        var answer: Answer?
    }

    /// Without variants at different offered rates there is no chart, and no note.
    /// - Parameter search: results of a search for the highest rate.
    static func picture(
        of variants: [VariantFigures], columns: [String], subtitle: [String],
        search: SavedResults? = nil
    ) -> Charts.Plan {
        var curves = curves(of: variants, columns: columns)
        if curves.count == 1 { curves[0].answer = Answer(search) }
        return picture(of: curves, subtitle: subtitle)
    }

    private static let title = "Latency against offered load"

    static func picture(of curves: [Curve], subtitle: [String]) -> Charts.Plan {
        let rates = curves.flatMap { $0.variants.map(\.rate) }
        guard let highest = rates.max(), let lowest = rates.min(), highest > lowest * 1.02 else {
            return Charts.Plan()
        }
        guard curves.contains(where: { $0.variants.count > 1 }) else {
            return Charts.Plan(notes: [
                "\(title): left out, since no two variants differ in the offered rate alone"
            ])
        }
        let kinds = [
            ("response_latency", "Response latency"), ("e2e_latency", "End-to-end latency"),
        ]
        let answered = curves.filter { $0.answer != nil }
        let unit = Measure.recordRate.unit(forMaximum: highest)
        // The curve bends within a few percent of its rates; an axis from zero would hide where.
        let margin = (highest - lowest) / unit.size * 0.05
        let across = max(lowest / unit.size - margin, 0)...(highest / unit.size + margin)
        var panels: [Chart.Panel] = []
        var table = ChartTable(columns: ["", "offered", "p50", "p99", "maximum", "runs"], rows: [])
        for (kind, name) in kinds {
            let drawn = curves.flatMap { series($0, kind: kind, unit: unit) }
            guard drawn.contains(where: { !$0.points.isEmpty }) else { continue }
            let marks = bounds(of: answered, kind: kind, across: across)
            var panel = Chart.Panel(
                title: name,
                x: Chart.Axis(label: unit.label("offered rate"), range: across),
                y: .logarithmicTime("", micros: (drawn + marks).flatMap { values($0) }),
                series: drawn + marks)
            for curve in answered { mark(curve, in: &panel, unit: unit) }
            panels.append(panel)
            table.rows += curves.flatMap { rows($0, kind: kind, title: name) }
        }
        guard !panels.isEmpty else {
            return Charts.Plan(notes: [
                "\(title): left out, since it needs response_latency_p99_us or e2e_latency_p99_us "
                    + "in summary.csv"
            ])
        }
        for index in panels.indices.dropLast() { panels[index].x.label = "" }
        let caption =
            "Median over the repetitions of each percentile, with its 95 % interval, at the rates "
            + "that the schedule offered; where it bends upwards, the target no longer "
            + "sustains the load."
        let more =
            answered.isEmpty
            ? ""
            : " Larger discs stand for more runs; the lines are the bound and the safe rate"
                + (curves.count == 1
                    ? ", around which its 95 % interval is shaded, and the best case." : ".")
        return Charts.Plan(charts: [
            Chart(
                name: "latency-against-load", title: title,
                finding: finding(curves, kinds: kinds), subtitle: subtitle,
                caption: caption + more, panels: panels, sharesLegend: true, table: table)
        ])
    }

    /// Variants that differ only in the rate form one curve.
    private static func curves(of variants: [VariantFigures], columns: [String]) -> [Curve] {
        let settings = VariedSettings(variants, columns: columns, without: rateSetting)
        var curves: [Curve] = []
        for variant in variants {
            guard let offered = variant[rate]?.median, offered > 0 else { continue }
            let key = settings.key(of: variant)
            if let index = curves.firstIndex(where: { $0.key == key }) {
                curves[index].variants.append((offered, variant))
            } else {
                curves.append(
                    Curve(
                        key: key, name: settings.name(of: variant),
                        ink: Palette.variant(curves.count), variants: [(offered, variant)]))
            }
        }
        for index in curves.indices { curves[index].variants.sort { $0.rate < $1.rate } }
        return curves
    }

    /// p50, p99 and p99.9 of a single curve, or the maximum where there is no p99.9; of several
    /// searches p50 and p99; of other curves only p99, to keep them legible.
    private static func percentiles(
        of curve: Curve, kind: String
    ) -> [(name: String, column: String, ink: Ink)] {
        guard curve.name.isEmpty else {
            let median = Ink(colour: curve.ink.colour, dash: .dashed)
            return (curve.answer == nil ? [] : [("p50", "p50", median)])
                + [("p99", "p99", curve.ink)]
        }
        let hasTail = curve.variants.contains { $0.variant["\(kind)_p999_us"] != nil }
        return [
            ("p50", "p50", Ink(colour: .blue)), ("p99", "p99", Ink(colour: .orange)),
            hasTail
                ? ("p99.9", "p999", Ink(colour: .vermilion)) : ("max", "max", Ink(colour: .green)),
        ]
    }

    /// How p99 of the last latency grows from the lowest load to the highest, and the answer.
    private static func finding(
        _ curves: [Curve], kinds: [(kind: String, name: String)]
    ) -> String {
        let rate = Measure.recordRate.text
        let rates = curves.compactMap { curve in
            curve.answer.map { answer in
                let name = GnuplotText.shortened(curve.name, to: 30)
                return (name.isEmpty ? "" : " of \(name)") + " is \(rate(answer.safe))"
            }
        }
        let safe = rates.isEmpty ? "" : "The safe rate" + rates.joined(separator: ", that") + "; "
        for (kind, name) in kinds.reversed() {
            let column = "\(kind)_p99_us"
            let points = (curves.first?.variants ?? []).compactMap { entry in
                entry.variant[column].map { (entry.rate, $0.median) }
            }
            guard let first = points.first, let last = points.last, points.count > 1 else {
                continue
            }
            let text = Measure.latency.text
            let of = curves.count > 1 ? " of \(GnuplotText.shortened(curves[0].name, to: 30))" : ""
            let sentence =
                "p99 of the \(name.lowercased())\(of) goes from \(text(first.1)) at "
                + "\(rate(first.0)) to \(text(last.1)) at \(rate(last.0))."
            return safe + sentence
        }
        return safe.isEmpty ? "" : safe.dropLast(2) + "."
    }

    private static func series(
        _ curve: Curve, kind: String, unit: Measure.Unit
    ) -> [Chart.Series] {
        let mostRuns = curve.variants.map(\.variant.subject.countedRuns.count).max() ?? 1
        return percentiles(of: curve, kind: kind).compactMap { percentile, column, ink in
            let points = curve.variants.compactMap { rate, variant -> Chart.Point? in
                guard let figure = variant["\(kind)_\(column)_us"], figure.median > 0 else {
                    return nil
                }
                // A logarithmic axis has no place for an interval that reaches zero.
                let interval = figure.interval.flatMap { $0.lowerBound > 0 ? $0 : nil }
                var point = Chart.Point(rate / unit.size, figure.median, yInterval: interval)
                // The area is proportional to the number of runs.
                let runs = Double(variant.subject.countedRuns.count) / Double(mostRuns)
                point.size = max(runs.squareRoot(), 0.3)
                return point
            }
            let name = curve.name.isEmpty ? percentile : "\(curve.name), \(percentile)"
            return points.isEmpty
                ? nil : Chart.Series(name: name, mark: .joinedDiscs, ink: ink, points: points)
        }
    }

    private static func values(_ series: Chart.Series) -> [Double] {
        series.points.flatMap { point in
            [point.y, point.yInterval?.lowerBound, point.yInterval?.upperBound].compactMap { $0 }
        }
    }

    private static func rows(_ curve: Curve, kind: String, title: String) -> [[String]] {
        curve.variants.map { rate, variant in
            let figures = ["p50", "p99", "max"].map { percentile in
                variant["\(kind)_\(percentile)_us"].map { Measure.latency.text($0.median) } ?? ""
            }
            let name = curve.name.isEmpty ? title : "\(title): \(curve.name)"
            return [name, Measure.recordRate.text(rate)] + figures
                + [variant.countText("\(kind)_p99_us")]
        }
    }
}
