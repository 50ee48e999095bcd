import ArgumentParser
import Foundation
import Reporting

struct ChartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chart",
        abstract: "Draw charts from the CSV files of results.",
        discussion: """
            Reads only CSV files, which may come from another machine or an older version, and \
            draws with gnuplot (apt-get install gnuplot-nox). It leaves out, and names, the charts \
            for which the files have no columns.

              weir chart Results/orders/latest
              weir chart Results/orders/2026* --out charts
              weir chart summary.csv --format png
              weir chart base/orders/latest new/orders/latest --out charts

            A run gets its throughput, latency and consumer lag over time, and its latency by \
            percentile. Several runs, or the variants of a comparison, are drawn over each other \
            or side by side: throughput, compression ratio, CPU cost and latency by variant with \
            95 % intervals, ratio against CPU cost with the Pareto front, and latency against \
            offered load if that was varied. Several searches for the highest rate are curves of one chart.

            Exit status 69 without gnuplot.
            """)

    @Argument(
        help: "Results folders, or single CSV files of one.", completion: .file(extensions: ["csv"])
    )
    var results: [String]

    @Option(
        help: """
            Folder for the pictures; pictures of the same name are replaced. By default charts/ in \
            the results folder; required for several.
            """,
        completion: .directory)
    var out: String?

    @Option(help: "svg, png, or both with a comma.")
    var format: String = "svg,png"

    func validate() throws {
        _ = try formats()
        if out == nil, results.count > 1 {
            throw ValidationError("several results have no folder in common: name one with --out")
        }
    }

    func run() throws {
        try NamedInput.require(results, .results)
        let all = try results.map(read)
        let (saved, repeated) = SavedResults.withEachRunOnce(all)
        for note in all.flatMap(\.notes) + repeated { printError("note: \(note)") }
        let folder = out ?? defaultFolder
        let drawn: Charts.Drawn
        do {
            drawn = try Charts.draw(results: saved, into: folder, formats: formats())
        } catch let error as ChartError {
            printError("\(error)")
            throw ExitStatus.of(error)
        }
        for note in drawn.notes { printError(note) }
        for chart in drawn.charts {
            for path in [chart.svgPath, chart.pngPath].compactMap({ $0 }) { try printOut(path) }
        }
        if drawn.charts.isEmpty {
            printError("nothing was drawn")
            throw ExitCode(1)
        }
    }

    private func read(_ path: String) throws -> SavedResults {
        do {
            let progress = ReadingProgress()
            defer { progress.clear() }
            return try SavedResults(folderOrFile: path, progress: progress.show)
        } catch {
            printError("\(error)")
            throw ExitStatus.of(error)
        }
    }

    /// `charts/` in the results folder, or beside the file.
    private var defaultFolder: String {
        let path = results[0]
        var isFolder: ObjCBool = false
        _ = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        if isFolder.boolValue { return path + "/charts" }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return (parts + ["charts"]).joined(separator: "/")
    }

    private func formats() throws -> [ChartFormat] {
        let names = format.split(separator: ",", omittingEmptySubsequences: false)
        return try names.map { name in
            guard let format = ChartFormat(rawValue: String(name)) else {
                throw ValidationError("there is no format '\(name)'; choose svg or png")
            }
            return format
        }
    }
}

extension ExitStatus {
    static func of(_ error: ChartError) -> ExitCode {
        switch error {
        case .gnuplotMissing: targetUnavailable
        case .gnuplotFailed: .failure
        case .inputOutput: inputOutput
        }
    }
}
