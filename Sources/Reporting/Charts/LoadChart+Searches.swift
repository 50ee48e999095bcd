import Measurement

extension LoadChart {
    /// The answer of a search for the highest rate.
    struct Answer {
        var safe: Double
        /// The interval of the safe rate.
        var interval: ClosedRange<Double>?
        var bestCase: Double?
        /// By the column that is bounded, in its unit.
        var bounds: [String: Double]

        init?(_ results: SavedResults?) {
            guard let row = results?.maxRate, let safe = row.number("max_rate_records_per_s") else {
                return nil
            }
            self.safe = safe
            bestCase = row.number("best_case_rate_records_per_s")
            if let low = row.number("safe_rate_low_records_per_s"),
                let high = row.number("safe_rate_high_records_per_s"), low < high
            {
                interval = low...high
            }
            bounds = [:]
            for threshold in results?.thresholds?.rows ?? [] {
                if let metric = threshold["metric"], let limit = threshold.number("limit") {
                    bounds[metric] = limit
                }
            }
        }
    }

    /// A curve for each search for the highest rate, by what differs between them: labels, else settings, else
    /// folders.
    static func picture(ofSearches all: [SavedResults]) -> Charts.Plan {
        let probed = all.map { results in
            ChartSubject.subjects(of: [results]).filter(\.isProbe).map {
                VariantFigures($0, comparison: nil)
            }
        }
        let columns = all.flatMap { $0.summary?.columns ?? [] }.uniqued()
        let settings = VariedSettings(
            Array(probed.joined()), columns: columns, without: rateSetting)
        let bySettings = probed.map { $0.first.map(settings.name) ?? "" }
        let areTelling = Set(bySettings).count == all.count && !bySettings.contains("")
        let names =
            ChartSubject.givenLabels(all)
            ?? (areTelling ? bySettings : ChartSubject.labels(of: all))
        var curves: [Curve] = []
        for (place, results) in all.enumerated() {
            let variants = probed[place].compactMap { variant in
                variant[rate].map { (rate: $0.median, variant: variant) }
            }.filter { $0.rate > 0 }
            curves.append(
                Curve(
                    key: [String(place)], name: names[place], ink: Palette.variant(place),
                    variants: variants.sorted { $0.rate < $1.rate }, answer: Answer(results)))
        }
        var plan = picture(
            of: curves, subtitle: ChartSubtitle.lines(all, probed.joined().map(\.subject)))
        for (curve, results) in zip(curves, all) where curve.variants.isEmpty {
            plan.notes.append("\(results.path): has no run at an offered rate, and so no curve")
        }
        return plan
    }

    private struct Bound: Hashable {
        var column: String
        var limit: Double

        /// `bound of p99, 100 ms`.
        var name: String {
            let percentile = column.split(separator: "_").dropLast().last ?? ""
            let written = percentile == "p999" ? "p99.9" : String(percentile)
            return "bound of \(written), \(Figure.wholeDuration(micros: limit))"
        }
    }

    /// The bounds of this latency, each once.
    static func bounds(
        of curves: [Curve], kind: String, across: ClosedRange<Double>
    ) -> [Chart.Series] {
        let all = curves.flatMap { curve in
            (curve.answer?.bounds ?? [:]).filter { $0.key.hasPrefix(kind) && $0.value > 0 }
                .sorted { $0.key < $1.key }.map { Bound(column: $0.key, limit: $0.value) }
        }
        return all.uniqued().map { bound in
            let limit = bound.limit
            return Chart.Series(
                name: bound.name, mark: .line(width: 1.2),
                ink: Ink(colour: .foreground, dash: .dashed),
                points: [
                    Chart.Point(across.lowerBound, limit),
                    Chart.Point(across.upperBound, limit),
                ])
        }
    }

    /// The safe rate with its interval, and the best case; of several curves, only the safe rate.
    static func mark(_ curve: Curve, in panel: inout Chart.Panel, unit: Measure.Unit) {
        guard let answer = curve.answer else { return }
        func clamped(_ rate: Double) -> Double {
            min(max(rate / unit.size, panel.x.range.lowerBound), panel.x.range.upperBound)
        }
        let isAlone = curve.name.isEmpty
        if isAlone, let interval = answer.interval {
            panel.bands.append(
                Chart.Band(
                    kind: .answer,
                    range: clamped(interval.lowerBound)...clamped(interval.upperBound)))
        }
        let lines: [(name: String, rate: Double?, dash: Ink.Dash)] = [
            (
                isAlone ? "safe rate" : "\(curve.name), safe rate", answer.safe,
                isAlone ? .solid : .dotted
            ),
            ("best case", isAlone ? answer.bestCase : nil, .dotted),
        ]
        for (name, rate, dash) in lines {
            guard let rate else { continue }
            panel.series.append(
                Chart.Series(
                    name: name, mark: .line(width: 1.4),
                    ink: Ink(colour: isAlone ? .grey : curve.ink.colour, dash: dash),
                    points: [
                        Chart.Point(clamped(rate), panel.y.range.lowerBound),
                        Chart.Point(clamped(rate), panel.y.range.upperBound),
                    ]))
        }
    }

}

extension ChartSubject {
    /// Whether its runs had an offered rate, unlike the closed loop that a search begins with.
    var isProbe: Bool {
        runs.contains { $0.summary != nil && $0.summary?["loop"] != "closed" }
    }
}
