import ArgumentParser
import Foundation
import Reporting

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write results as one page for a browser.",
        discussion: """
            Writes report.html into each results folder, of a run or of a comparison: the verdict \
            and the headline figures first, then the comparison, charts with their values, the \
            delivery audit, the machine, the profile, and the command to repeat the run. The page \
            is one file: it needs neither a network nor other files. It is made from the files of \
            the folder alone, so it can be made again at any time, also for a run that was killed. \
            If the folder has no charts they are drawn first; without gnuplot the page has only \
            their values.

              weir report Results/orders/latest
              weir report Results/compression/latest --out compression.html
            """)

    @Argument(help: "Results folders.", completion: .directory)
    var results: [String]

    @Option(help: "Where the page goes; only with a single folder.", completion: .file())
    var out: String?

    func validate() throws {
        if out != nil, results.count > 1 {
            throw ValidationError("--out takes the page of one folder, not of \(results.count)")
        }
    }

    func run() throws {
        try NamedInput.require(results, .results)
        for folder in results {
            let page: String
            do throws(ReportingError) {
                let progress = ReadingProgress()
                let saved = try SavedResults(toShow: folder, progress: progress.show)
                progress.clear()
                for note in saved.notes { printError("note: \(note)") }
                drawCharts(of: saved)
                page = try Report.write(saved, to: out)
            } catch {
                printError("\(error)")
                throw ExitStatus.of(error)
            }
            try printOut(page)
        }
    }

    /// Draws the charts if they are missing. An error is only printed.
    private func drawCharts(of results: SavedResults) {
        let folder = results.path + "/charts"
        // The page uses only SVG files.
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard !files.contains(where: { $0.hasSuffix(".svg") }) else { return }
        do {
            _ = try Charts.draw(results: [results], into: folder)
        } catch {
            printError("the page has no charts: \(error)")
        }
    }
}
