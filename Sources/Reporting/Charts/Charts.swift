import Foundation

/// The charts of results, from their CSV files alone.
public enum Charts {
    /// The charts that were drawn, with notes on those that were not.
    public struct Drawn: Sendable {
        public var charts: [DrawnChart]
        /// Notes for the user, such as a chart whose columns are missing.
        public var notes: [String]
    }

    /// The charts that the results have figures for, and notes on those that are left out.
    public struct Plan: Sendable, Equatable {
        public var charts: [Chart] = []
        public var notes: [String] = []
    }

    /// Draws all charts that the results have figures for.
    ///
    /// One run gets its course over time and its percentiles. Several runs, also the variants of a
    /// comparison, are drawn over each other if that is legible, else side by side, and compared.
    /// - Parameter folder: created if it is missing; pictures in it are replaced.
    public static func draw(
        results: [SavedResults], into folder: String, formats: [ChartFormat] = ChartFormat.allCases
    ) throws(ChartError) -> Drawn {
        let gnuplot = try Gnuplot()
        let plan = plan(results)
        let workshop = folder + "/.drawing-\(getpid())"
        try makeFolder(workshop)
        defer { try? FileManager.default.removeItem(atPath: workshop) }
        var drawn: [DrawnChart] = []
        var notes = plan.notes
        for chart in plan.charts {
            var paths: [ChartFormat: String] = [:]
            do {
                for format in formats {
                    paths[format] = try gnuplot.draw(
                        chart, format: format, into: folder, workshop: workshop)
                }
            } catch .gnuplotFailed(let name, let reason) {
                // A value that no axis can hold, such as 1e308, prevents only its own chart.
                notes.append(
                    "\(chart.title): left out, since gnuplot could not draw it (\(name): \(reason))"
                )
                continue
            }
            drawn.append(DrawnChart(chart, paths: paths))
        }
        return Drawn(charts: drawn, notes: notes)
    }

    /// Chooses the charts and fills them, without drawing.
    public static func plan(_ results: [SavedResults]) -> Plan {
        let subjects = ChartSubject.subjects(of: results)
        var plan = Plan()
        for saved in results {
            for table in SavedResults.Table.allCases where saved.tables[table]?.isCutOff == true {
                plan.notes.append(
                    "\(saved.path)/\(table.rawValue) ends in the middle of a row, which is left out"
                )
            }
            for table in SavedResults.Table.allCases {
                guard let shown = saved.tables[table], let whole = shown.wholeRowCount else {
                    continue
                }
                plan.notes.append(
                    "\(saved.path)/\(table.rawValue) has \(whole) rows, of which charts show "
                        + "\(shown.rows.count): from each stretch of time, those with the lowest and "
                        + "the highest figures and one more; medians are over the latter")
            }
        }
        // Of several results each has its own sample.
        var codecs = Plan()
        if results.count == 1 {
            codecs.add(CodecChart.picture(of: results[0]))
            codecs.add(CostChart.pictures(of: results[0]))
        }
        guard !subjects.isEmpty else {
            plan.add(codecs)
            if !codecs.charts.isEmpty { return plan }
            let paths = results.map(\.path).joined(separator: ", ")
            plan.notes.append("\(paths): there are no rows to draw")
            return plan
        }
        if results.count == 1, results[0].maxRate != nil {
            // The single runs of a search are not drawn: sixty of them over time cannot be compared.
            plan.add(VariantCharts.picture(ofSearch: results[0], subjects))
            return plan
        }
        if results.count > 1, results.allSatisfy({ $0.maxRate != nil }) {
            plan.add(LoadChart.picture(ofSearches: results))
            return plan
        }
        let subtitle = ChartSubtitle.lines(results, subjects)
        for chart in TimeChart.all { plan.add(chart.pictures(of: subjects, subtitle: subtitle)) }
        if results.count == 1, subjects.count == 1, subjects[0].runs.count == 1 {
            let run = subjects[0].runs[0]
            plan.add(PartitionLagChart.picture(of: run, subtitle: subtitle))
            plan.add(HeatMap.picture(of: results[0], run, subtitle: subtitle))
        }
        plan.add(PercentileChart.picture(of: subjects, subtitle: subtitle))
        plan.add(VariantCharts.pictures(of: subjects, results: results, subtitle: subtitle))
        plan.add(codecs)
        return plan
    }

    private static func makeFolder(_ path: String) throws(ChartError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .inputOutput(operation: "create", path: path, errno: error.posixCode)
        }
    }
}

extension Charts.Plan {
    mutating func add(_ other: Charts.Plan) {
        charts += other.charts
        notes += other.notes
    }
}

/// A chart that was drawn, with its files.
public struct DrawnChart: Sendable {
    /// The stem of its files: `throughput`.
    public var name: String
    public var title: String
    /// One sentence with figures: what it shows in this run.
    public var finding: String
    /// What is drawn in general, and how it was measured.
    public var caption: String
    /// Nil if that format was not asked for.
    public var svgPath: String?
    public var pngPath: String?
    public var table: ChartTable

    init(_ chart: Chart, paths: [ChartFormat: String]) {
        name = chart.name
        title = chart.title
        finding = chart.finding
        caption = chart.caption
        svgPath = paths[.svg]
        pngPath = paths[.png]
        table = chart.table
    }
}
