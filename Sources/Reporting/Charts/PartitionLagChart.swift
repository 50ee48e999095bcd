/// The lag of each partition in a small panel, with one scale for all: whether a group is behind
/// everywhere, or with a few partitions.
enum PartitionLagChart {
    /// The most panels; those of the partitions that were furthest behind.
    private static let limit = 12

    private struct Partition {
        var name: String
        var group: String
        var points: [Chart.Point]
        var highest: Chart.Point
    }

    /// One run's; nothing if there is one partition, or no lag.
    static func picture(of run: ChartRun, subtitle: [String]) -> Charts.Plan {
        let all = partitions(of: run)
        guard all.count > 1, let furthest = all.first, let lag = furthest.highest.y, lag > 0,
            let whole = run.timeRange, whole.upperBound > whole.lowerBound
        else { return Charts.Plan() }
        let groups = all.map(\.group).uniqued()
        func name(_ partition: Partition) -> String {
            groups.count > 1 ? "\(partition.name) of \(partition.group)" : partition.name
        }
        let unit = Measure.records.unit(forMaximum: lag)
        let clock = TimePicture.timeUnit(for: whole)
        let shown = all.prefix(limit).sorted { $0.name.isBefore($1.name) }
        let bands = run.bands.merged(in: whole).map { band in
            Chart.Band(
                kind: band.kind,
                range: (band.range.lowerBound / clock.size)...(band.range.upperBound / clock.size))
        }
        let panels = shown.enumerated().map { index, partition in
            var y = Chart.Axis.fromZero(
                index.isMultiple(of: 2) ? unit.name : "", maximum: lag / unit.size)
            y.isWhole = unit.size == 1
            return Chart.Panel(
                title: name(partition),
                x: Chart.Axis(
                    label: index + 2 < shown.count ? "" : clock.label("elapsed"),
                    range: (whole.lowerBound / clock.size)...(whole.upperBound / clock.size)),
                y: y,
                series: [
                    Chart.Series(
                        name: "", mark: .line(width: 1.6),
                        ink: Palette.group(groups.firstIndex(of: partition.group) ?? 0),
                        points: partition.points.map {
                            Chart.Point($0.x / clock.size, $0.y.map { $0 / unit.size })
                        })
                ], bands: bands, plotHeight: 70)
        }
        let heights = all.compactMap(\.highest.y).sorted()
        let median = heights[(heights.count - 1) / 2]
        let left = all.count - shown.count
        return Charts.Plan(charts: [
            Chart(
                name: "lag-by-partition", title: "Consumer lag by partition",
                finding:
                    "Furthest behind was \(name(furthest)) with \(Measure.records.text(lag)) at "
                    + "\(Figure.plain((furthest.highest.x * 10).rounded() / 10)) s; the median "
                    + "partition was at most \(Measure.records.text(median)) behind.",
                subtitle: subtitle
                    + (left > 0
                        ? ["The \(shown.count) furthest behind of \(all.count); lag.csv has all."]
                        : []),
                caption: "Records that the group had not consumed, by partition, on one scale.",
                panels: panels, panelColumns: 2, sharesLegend: true,
                table: ChartTable(
                    columns: ["partition", "highest lag", "at"],
                    rows: all.map {
                        [
                            name($0), Measure.records.text($0.highest.y ?? 0),
                            Figure.duration(seconds: $0.highest.x),
                        ]
                    }))
        ])
    }

    /// The furthest behind first.
    private static func partitions(of run: ChartRun) -> [Partition] {
        struct Key: Hashable { var group, topic, partition: String }
        var points: [Key: [Chart.Point]] = [:]
        var keys: [Key] = []
        for row in run.lag {
            guard let group = row["group"], let partition = row["partition"],
                let time = row.number("elapsed_s"), let lag = row.number("lag_records")
            else { continue }
            let key = Key(group: group, topic: row["topic"] ?? "", partition: partition)
            if points[key] == nil { keys.append(key) }
            points[key, default: []].append(Chart.Point(time, lag))
        }
        let all = keys.compactMap { key -> Partition? in
            guard let own = points[key], let highest = own.max(by: { $0.y! < $1.y! }) else {
                return nil
            }
            return Partition(
                name: "\(key.topic)-\(key.partition)", group: key.group, points: own,
                highest: highest)
        }
        // A stable order of equals: that of the file.
        return all.enumerated().sorted {
            ($1.element.highest.y!, $0.offset) < ($0.element.highest.y!, $1.offset)
        }.map(\.element)
    }
}

extension String {
    /// By the number at the end, so that partition 10 comes after 9.
    fileprivate func isBefore(_ other: String) -> Bool {
        func parts(_ text: String) -> (String, Int) {
            let digits = text.reversed().prefix { $0.isNumber }.count
            return (String(text.dropLast(digits)), Int(text.suffix(digits)) ?? 0)
        }
        return parts(self) < parts(other)
    }
}
