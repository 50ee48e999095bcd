import Foundation

extension ReportSection {
    /// The charts that the CSV files have figures for, each with its values.
    ///
    /// The caption and values come from the CSV files; the picture is the file in `charts/`.
    /// Without it, only the values are shown.
    static func charts(of results: SavedResults) -> ReportSection {
        var section = ReportSection(anchor: "charts", title: "Charts")
        let plan = Charts.plan([results])
        let folder = results.path + "/charts/"
        var isDrawn = false
        section.paragraphs = plan.notes.map { "Note: \($0)." }
        // Of a comparison, the charts that compare variants come before those over time.
        let charts =
            plan.charts.filter(\.comparesVariants) + plan.charts.filter { !$0.comparesVariants }
        section.charts = charts.enumerated().map { index, chart in
            var box = ReportFigureBox(
                chartTitle: chart.title, finding: chart.finding, caption: chart.caption)
            box.values = values(of: chart)
            let file = "\(chart.name).svg"
            guard let svg = FileManager.default.contents(atPath: folder + file) else { return box }
            isDrawn = true
            do throws(InlineSVG.Refused) {
                box.markup = try InlineSVG(svg, prefix: "c\(index)-", label: chart.spoken).markup
            } catch {
                box.complaint = "charts/\(file) is left out: \(error)."
            }
            return box
        }
        if section.charts.isEmpty {
            section.absence = "The CSV files of this folder have no figures for a chart."
        } else if !isDrawn {
            section.absence =
                "Not drawn. With gnuplot (Debian's package gnuplot-nox) “weir chart” draws them from "
                + "the CSV files of the folder, and “weir report” writes this page anew. Their values:"
        }
        return section
    }

    private static func values(of chart: Chart) -> ReportTable? {
        let columns = chart.table.columns
        guard !chart.table.rows.isEmpty, !columns.isEmpty else { return nil }
        var table = ReportTable(
            "Values of “\(chart.title)”",
            columns: columns.enumerated().map { index, name in
                index == 0 ? .text(name) : .number(name)
            }, isFolded: true)
        // Bounds the rows, so that a browser opens the page of a long run quickly.
        let step = (chart.table.rows.count + rowLimit - 1) / rowLimit
        for (index, row) in chart.table.rows.enumerated()
        where index.isMultiple(of: step) || index == chart.table.rows.count - 1 {
            table.add(row)
        }
        if step > 1 {
            table.tableNote =
                "One row of \(step), and the last; the CSV files have all \(chart.table.rows.count)."
        }
        return table
    }

    private static let rowLimit = 250
}

extension Chart {
    /// Whether it shows a metric by which one chooses between variants.
    fileprivate var comparesVariants: Bool {
        name.hasSuffix("-by-variant") || name.contains("-against-")
    }
}
