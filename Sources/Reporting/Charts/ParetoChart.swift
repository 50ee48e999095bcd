import Measurement

/// Compression ratio against CPU cost, with the Pareto front.
enum ParetoChart {
    private static let cost = "cpu_s_per_logical_gb"
    private static let ratio = "compression_ratio"

    private static let namesLimit = 16

    private struct Entry {
        var variant: VariantFigures
        var cost: VariantFigures.Figure
        var ratio: VariantFigures.Figure
        var isOnFront = false
    }

    static func picture(of variants: [VariantFigures], subtitle: [String]) -> Charts.Plan {
        let title = "Compression ratio against CPU cost"
        var entries = variants.compactMap { variant -> Entry? in
            guard let cost = variant[cost], let ratio = variant[ratio] else { return nil }
            return Entry(variant: variant, cost: cost, ratio: ratio)
        }
        guard entries.count > 1 else {
            return Charts.Plan(notes: [
                "\(title): left out, since it needs two variants with \(cost) and \(ratio) in "
                    + "summary.csv"
            ])
        }
        let isMarked = entries.contains { $0.variant.isOnFront != nil }
        let dominant = ParetoFront.indices(
            of: entries.map { ($0.cost.median, $0.ratio.median) }, x: .lower, y: .higher)
        for index in entries.indices {
            entries[index].isOnFront =
                isMarked ? entries[index].variant.isOnFront == true : dominant.contains(index)
        }
        var panel = axes(entries)
        panel.series = [front(entries)] + entries.map(disc)
        // More names than this would cover each other, so only those on the front are shown.
        let namesAll = entries.count <= namesLimit
        panel.notes = NotePlacement.place(
            entries.filter { namesAll || $0.isOnFront }.map {
                Chart.Note(
                    text: GnuplotText.shortened($0.variant.subject.name, to: 28),
                    x: $0.cost.median, y: $0.ratio.median)
            }, in: panel)
        return Charts.Plan(charts: [
            Chart(
                name: "ratio-against-cpu", title: title, subtitle: subtitle,
                caption:
                    "Up is smaller on disk, left is cheaper; medians with their 95 % intervals, "
                    + "and the dashed line is the Pareto front: its outer corners are the variants "
                    + "that no other beats in both."
                    + (namesAll ? "" : " The names of the others are in the table of values."),
                panels: [panel], table: table(entries))
        ])
    }

    private static func axes(_ entries: [Entry]) -> Chart.Panel {
        func highest(_ figure: VariantFigures.Figure) -> Double {
            max(figure.median, figure.interval?.upperBound ?? figure.median)
        }
        let label = Measure.cpuCost.unit(forMaximum: 0).label("CPU cost")
        return Chart.Panel(
            x: .fromZero(label, maximum: entries.map { highest($0.cost) }.max()!, headroom: 1.15),
            y: .fromZero(
                "compression ratio", maximum: entries.map { highest($0.ratio) }.max()!,
                headroom: 1.12),
            series: [])
    }

    private static func front(_ entries: [Entry]) -> Chart.Series {
        let corners = entries.filter(\.isOnFront)
            .map { Chart.Point($0.cost.median, $0.ratio.median) }.sorted { $0.x < $1.x }
        // A staircase: no setting lies between two variants, so the cheaper one counts.
        let points = zip([nil] + corners, corners).flatMap { before, point in
            (before.map { [Chart.Point(point.x, $0.y)] } ?? []) + [point]
        }
        return Chart.Series(
            name: "Pareto front", mark: .line(width: 1.2),
            ink: Ink(colour: .foreground, dash: .dashed), points: points)
    }

    private static func disc(_ entry: Entry) -> Chart.Series {
        Chart.Series(
            name: "", mark: .discs, ink: entry.variant.subject.ink,
            points: [
                Chart.Point(
                    entry.cost.median, entry.ratio.median, xInterval: entry.cost.interval,
                    yInterval: entry.ratio.interval)
            ])
    }

    private static func table(_ entries: [Entry]) -> ChartTable {
        ChartTable(
            columns: ["variant", "compression ratio", "CPU-s per logical GB", "Pareto front"],
            rows: entries.map {
                [
                    $0.variant.subject.name, Figure.significant($0.ratio.median),
                    Figure.significant($0.cost.median), $0.isOnFront ? "yes" : "",
                ]
            })
    }
}
