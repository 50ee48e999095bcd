/// Latency against offered load: where the curve bends upwards is what the target sustains.
enum LoadChart {
    private static let rate = "offered_rate_records_per_s"
    /// The setting that the rate is, in the columns of a sweep.
    private static let rateSetting: Set<String> = ["set_producers_rate"]

    private struct Curve {
        /// What all its variants have in common.
        var key: [String]
        /// Where it differs from the other curves; empty for a lone one.
        var name: String
        var ink: Ink
        var variants: [(rate: Double, variant: VariantFigures)]
    }

    /// Nothing, without a word, where the variants were offered one rate: then there is no load to
    /// vary.
    static func picture(
        of variants: [VariantFigures], columns: [String], subtitle: [String]
    ) -> Charts.Plan {
        let title = "Latency against offered load"
        let curves = curves(of: variants, columns: columns)
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
        let unit = Measure.recordRate.unit(forMaximum: highest)
        var panels: [Chart.Panel] = []
        var table = ChartTable(columns: ["", "offered", "p50", "p99", "maximum"], rows: [])
        for (kind, name) in kinds {
            let drawn = curves.flatMap { series($0, kind: kind, unit: unit) }
            guard drawn.contains(where: { !$0.points.isEmpty }) else { continue }
            panels.append(
                Chart.Panel(
                    title: name,
                    x: .fromZero(unit.label("offered rate"), maximum: highest / unit.size),
                    y: .logarithmicTime("", micros: drawn.flatMap { values($0) }), series: drawn))
            table.rows += curves.flatMap { rows($0, kind: kind, title: name) }
        }
        guard !panels.isEmpty else {
            return Charts.Plan(notes: [
                "\(title): left out, since it needs response_latency_p99_us or e2e_latency_p99_us "
                    + "in summary.csv"
            ])
        }
        for index in panels.indices.dropLast() { panels[index].x.label = "" }
        return Charts.Plan(charts: [
            Chart(
                name: "latency-against-load", title: title, subtitle: subtitle,
                caption:
                    "Median over the repetitions of each percentile, with its 95 % interval, at "
                    + "the rates that the schedule offered; where it bends upwards, the load is "
                    + "more than the target sustains.",
                panels: panels, sharesLegend: true, table: table)
        ])
    }

    /// Variants that differ in nothing but the rate are one curve.
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

    /// p50, p99 and the maximum of a lone curve; of several p99 alone, or nobody could follow them.
    private static func percentiles(of curve: Curve) -> [(name: String, dash: Ink.Dash)] {
        curve.name.isEmpty
            ? [("p50", .solid), ("p99", .dashed), ("max", .dotted)] : [("p99", curve.ink.dash)]
    }

    private static func series(
        _ curve: Curve, kind: String, unit: Measure.Unit
    ) -> [Chart.Series] {
        percentiles(of: curve).compactMap { percentile, dash in
            let points = curve.variants.compactMap { rate, variant -> Chart.Point? in
                guard let figure = variant["\(kind)_\(percentile)_us"], figure.median > 0 else {
                    return nil
                }
                // An interval that reaches down to zero has no end on a logarithmic axis.
                let interval = figure.interval.flatMap { $0.lowerBound > 0 ? $0 : nil }
                return Chart.Point(rate / unit.size, figure.median, yInterval: interval)
            }
            let name = curve.name.isEmpty ? percentile : "\(curve.name), \(percentile)"
            return points.isEmpty
                ? nil
                : Chart.Series(
                    name: name, mark: .joinedDiscs, ink: Ink(colour: curve.ink.colour, dash: dash),
                    points: points)
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
        }
    }
}
