import Measurement

/// Compression ratio against CPU cost, with the Pareto front.
enum ParetoChart {
    private static let ratio = ComparedMetric.compressionRatio

    private static let namesLimit = 16

    private struct Entry {
        var variant: VariantFigures
        var cost: VariantFigures.Figure
        var ratio: VariantFigures.Figure
        var isOnFront = false
    }

    static func picture(of variants: [VariantFigures], subtitle: [String]) -> Charts.Plan {
        let title = "Compression ratio against CPU cost"
        let cost = cost(of: variants)
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
        let ofWhat = cost == ComparedMetric.codecCost ? "of the codec" : "of the process"
        var panel = axes(entries, ofWhat)
        panel.title = "↖ better: smaller on disk for less CPU"
        panel.series = [front(entries), legend] + entries.map(disc)
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
                name: "ratio-against-cpu", title: title, finding: finding(entries),
                subtitle: subtitle,
                caption:
                    "CPU time is that \(ofWhat). Up is smaller on disk, left is cheaper; the outer "
                    + "corners of the Pareto front "
                    + "are the variants that no other beats in both."
                    + (namesAll ? "" : " The names of the others are in the table of values."),
                panels: [panel], table: table(entries))
        ])
    }

    /// That of the front in `comparison.csv`; without it that of the codec alone, if all variants have it.
    private static func cost(of variants: [VariantFigures]) -> String {
        if let marked = variants.lazy.compactMap(\.frontCost).first { return marked }
        let measured = variants.filter { $0[ratio] != nil }
        let codec = ComparedMetric.codecCost
        return !measured.isEmpty && measured.allSatisfy { $0[codec] != nil }
            ? codec : ComparedMetric.cpuCost
    }

    private static func axes(_ entries: [Entry], _ ofWhat: String) -> Chart.Panel {
        func highest(_ figure: VariantFigures.Figure) -> Double {
            max(figure.median, figure.interval?.upperBound ?? figure.median)
        }
        let label = Measure.cpuCost.unit(forMaximum: 0).label("CPU cost \(ofWhat)")
        return Chart.Panel(
            x: .fromZero(label, maximum: entries.map { highest($0.cost) }.max()!, headroom: 1.15),
            y: .fromZero(
                "compression ratio", maximum: entries.map { highest($0.ratio) }.max()!,
                headroom: 1.12),
            series: [])
    }

    /// The entry of the discs in the legend; each has the colour of its variant.
    private static let legend = Chart.Series(
        name: "a variant's median, 95 % interval", mark: .discs, ink: Ink(colour: .foreground),
        points: [])

    /// Who is on the front, from the cheapest.
    private static func finding(_ entries: [Entry]) -> String {
        let front = entries.filter(\.isOnFront).sorted { $0.cost.median < $1.cost.median }
        let names = front.prefix(4).map { GnuplotText.shortened($0.variant.subject.name, to: 28) }
        guard let last = names.last else { return "" }
        let listed =
            front.count > names.count
            ? names.joined(separator: ", ") + " and \(front.count - names.count) more"
            : names.count == 1
                ? last : names.dropLast().joined(separator: ", ") + " and \(last)"
        let beaten = entries.count - front.count
        let others =
            beaten == 0
            ? "; no variant is beaten in both"
            : beaten == 1
                ? "; the other one is beaten in both" : "; the other \(beaten) are beaten in both"
        return "On the front \(front.count == 1 ? "is" : "are") \(listed)\(others)."
    }

    private static func front(_ entries: [Entry]) -> Chart.Series {
        let corners = entries.filter(\.isOnFront)
            .map { Chart.Point($0.cost.median, $0.ratio.median) }.sorted { $0.x < $1.x }
        // A staircase: no setting lies between two variants, so the cheaper one counts.
        let points = zip([nil] + corners, corners).flatMap { before, point in
            (before.map { [Chart.Point(point.x, $0.y)] } ?? []) + [point]
        }
        return Chart.Series(
            // Broad and pale, so that whiskers are seen where they lie on it.
            name: "Pareto front", mark: .line(width: 5), ink: Ink(colour: .pale), points: points)
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
