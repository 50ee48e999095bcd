import Foundation
import Measurement

/// Latencies over time from the histograms of `latency.hlog`: how many records of each interval had
/// which latency, so that two groups of records are seen where percentiles show one line.
enum HeatMap {
    private static let title = "Latency heat map over time"
    /// Far larger than the log of an hour; a larger one takes too long to decode.
    private static let byteLimit = 48 << 20
    private static let columnLimit = 60
    private static let rowsPerDecade = 8.0
    /// The share of an interval's records that is still visible.
    private static let leastShare = 1e-5

    /// The records of some intervals together.
    private struct Column {
        var start: Double
        var end: Double
        var histogram: LatencyHistogram
    }

    /// One run's; nothing without a log.
    static func picture(
        of results: SavedResults, _ run: ChartRun, subtitle: [String]
    ) -> Charts.Plan {
        let path = results.path + "/" + HistogramLogWriter.fileName
        let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
        guard let size else { return Charts.Plan() }
        guard size <= byteLimit else {
            return Charts.Plan(notes: [
                "\(title): left out, since latency.hlog is larger than \(byteLimit >> 20) MiB"
            ])
        }
        do throws(ReportingError) {
            let log = try EncodedHistogramLog(path: path)
            return try picture(of: log, run, subtitle: subtitle)
        } catch {
            return Charts.Plan(notes: ["\(title): left out, since \(error)"])
        }
    }

    private static func picture(
        of log: EncodedHistogramLog, _ run: ChartRun, subtitle: [String]
    ) throws(ReportingError) -> Charts.Plan {
        let offset = start(of: log, run)
        let kinds: [(tag: String, title: String, ink: Ink)] =
            [
                (
                    HistogramLogEntry.tag(.responseLatency), "Response latency",
                    Ink(colour: Palette.produced)
                )
            ]
            + GroupPanels.shown(of: run.groups).enumerated().map { index, group in
                (
                    HistogramLogEntry.tag(.endToEndLatency, group: group),
                    "End-to-end latency of \(group)", Palette.group(index)
                )
            }
        let shown = try kinds.map { (kind) throws(ReportingError) in
            let own = log.entries.filter { $0.tag == kind.tag }
            return (kind, columns: try columns(own, offset: offset))
        }.filter { !$0.columns.isEmpty }
        let all = shown.flatMap(\.columns)
        guard let first = all.map(\.start).min(), let last = all.map(\.end).max(), last > first
        else {
            return Charts.Plan()
        }
        let micros = all.flatMap { column in
            [column.histogram.percentile(0.1) ?? 0, column.histogram.maximum].map {
                Double($0) / 1e3
            }
        }
        let y = Chart.Axis.logarithmicTime("", micros: micros)
        // The first interval begins with the measured part, but for the time of a start.
        let start = abs(first) < (last - first) / 50 ? 0 : first
        let clock = TimePicture.timeUnit(for: first...last)
        var panels = shown.map { kind, columns in
            Chart.Panel(
                title: kind.title,
                x: Chart.Axis(
                    label: clock.label("elapsed"),
                    range: (start / clock.size)...(last / clock.size)),
                y: y,
                series: [cells(columns, kind.ink, y, clock)] + percentiles(columns, clock))
        }
        for index in panels.indices.dropLast() { panels[index].x.label = "" }
        let main = shown.last!
        return Charts.Plan(charts: [
            Chart(
                name: "latency-heat-map", title: title,
                finding: finding(main.columns, of: main.0.title),
                subtitle: subtitle + GroupPanels.notes(on: run.groups),
                caption:
                    "Of each interval, the share of its records with a latency, on a logarithmic scale "
                    + "of shade, with its percentiles; from the histograms, without the warm-up.",
                panels: panels, sharesLegend: true, table: table(shown.map { ($0.0.title, $0.1) }))
        ])
    }

    /// What is added to the times of the log to have them since the measured part began.
    private static func start(of log: EncodedHistogramLog, _ run: ChartRun) -> Double {
        let earliest = log.entries.map(\.startSeconds).min() ?? 0
        guard let logStart = log.startedAtUnixNanos,
            let row = run.timeSeries.first(where: { $0["at"] != nil }),
            let end = row["at"].flatMap(UTCTime.init(iso8601:))?.unixNanos,
            let elapsed = row.number("elapsed_s")
        else { return -earliest }
        return Double(logStart - end) / 1e9 + elapsed
    }

    /// Intervals in order, so many of them together that few columns are left.
    private static func columns(
        _ entries: [EncodedHistogramLogEntry], offset: Double
    ) throws(ReportingError) -> [Column] {
        let sorted = entries.filter { $0.intervalSeconds > 0 }
            .sorted { $0.startSeconds < $1.startSeconds }
        let together = (sorted.count + columnLimit - 1) / columnLimit
        guard together > 0 else { return [] }
        var columns: [Column] = []
        for place in stride(from: 0, to: sorted.count, by: together) {
            let some = sorted[place..<min(place + together, sorted.count)]
            var column = Column(
                start: some.first!.startSeconds + offset, end: 0, histogram: LatencyHistogram())
            for entry in some {
                column.histogram.add(try entry.histogram())
                column.end = max(
                    column.end, entry.startSeconds + entry.intervalSeconds + offset)
            }
            if !column.histogram.isEmpty { columns.append(column) }
        }
        return columns
    }

    // MARK: Marks

    private static func cells(
        _ columns: [Column], _ ink: Ink, _ y: Chart.Axis, _ clock: Measure.Unit
    ) -> Chart.Series {
        let points = columns.flatMap { column -> [Chart.Point] in
            var counts: [Int: UInt64] = [:]
            for bucket in column.histogram.recordedBuckets {
                let micros = max(Double(bucket.highestNanos) / 1e3, y.range.lowerBound)
                counts[Int((log10(micros) * rowsPerDecade).rounded(.down)), default: 0] +=
                    bucket.count
            }
            return counts.sorted { $0.key < $1.key }.map { row, count in
                let ends = [row, row + 1].map { pow(10, Double($0) / rowsPerDecade) }
                    .map { min(max($0, y.range.lowerBound), y.range.upperBound) }
                let range = (column.start / clock.size)...(column.end / clock.size)
                var cell = Chart.Point(
                    (range.lowerBound + range.upperBound) / 2, (ends[0] + ends[1]) / 2,
                    xInterval: range, yInterval: ends[0]...ends[1])
                let share = max(Double(count) / Double(column.histogram.count), leastShare)
                cell.size = 0.12 + 0.88 * (1 - log10(share) / log10(leastShare))
                return cell
            }
        }
        return Chart.Series(name: "records (darker: more)", mark: .cells, ink: ink, points: points)
    }

    private static let lines: [(name: String, percent: Double, dash: Ink.Dash)] = [
        ("p50", 50, .solid), ("p99", 99, .dashed), ("p99.9", 99.9, .dotted),
    ]

    private static func percentiles(_ columns: [Column], _ clock: Measure.Unit) -> [Chart.Series] {
        lines.map { name, percent, dash in
            Chart.Series(
                name: name, mark: .line(width: 1.2), ink: Ink(colour: .foreground, dash: dash),
                points: columns.map { column in
                    let nanos = column.histogram.percentile(percent) ?? 0
                    return Chart.Point(
                        (column.start + column.end) / 2 / clock.size,
                        nanos > 0 ? Double(nanos) / 1e3 : nil)
                })
        }
    }

    // MARK: Words

    private static func finding(_ columns: [Column], of title: String) -> String {
        let tails = columns.map { column in
            (at: (column.start + column.end) / 2, nanos: column.histogram.percentile(99.9) ?? 0)
        }
        guard let worst = tails.max(by: { $0.nanos < $1.nanos }),
            let least = tails.map(\.nanos).min()
        else { return "" }
        let name = title.prefix(1).lowercased() + title.dropFirst()
        return "p99.9 of the \(name) was between \(Figure.duration(nanos: least)) and "
            + "\(Figure.duration(nanos: worst.nanos)), the highest around "
            + "\(Figure.plain((worst.at * 10).rounded() / 10)) s."
    }

    private static func table(_ shown: [(title: String, columns: [Column])]) -> ChartTable {
        ChartTable(
            columns: ["", "from", "records"] + lines.map(\.name) + ["maximum"],
            rows: shown.flatMap { title, columns in
                columns.map { column in
                    [
                        title, Figure.duration(seconds: column.start),
                        Figure.count(column.histogram.count),
                    ]
                        + lines.map {
                            Figure.duration(nanos: column.histogram.percentile($0.percent) ?? 0)
                        } + [Figure.duration(nanos: column.histogram.maximum)]
                }
            })
    }
}
