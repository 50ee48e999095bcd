import ArgumentParser
import Foundation
import Reporting

/// Charts and page of a finished folder, made from its CSV files.
enum ResultsPage {
    /// Draws the charts and writes the page. Failures are only printed, because the results are
    /// complete without them.
    static func write(in folder: String) {
        do {
            let results = try SavedResults(toShow: folder)
            // No run is finished yet.
            guard results.summary != nil || results.codecs != nil else { return }
            try write(results)
        } catch {
            printError("the results have no page: \(error)")
        }
    }

    /// The page of a search for the highest rate. It is written after each probe, so it reads only
    /// the few tables that it needs.
    static func writeOfSearch(in folder: String) {
        do {
            try write(
                SavedResults(path: folder, tables: [.summary, .thresholds, .maxRate]))
        } catch {
            printError("the search has no page: \(error)")
        }
    }

    private static func write(_ results: SavedResults) throws {
        do {
            for note in try Charts.draw(results: [results], into: results.path + "/charts").notes {
                printError(note)
            }
        } catch {
            printError("the results have no charts: \(error)")
        }
        _ = try Report.write(results)
    }
}

/// The option to skip charts and page.
struct ResultsPageOptions: ParsableArguments {
    @Flag(help: "No charts and no report.html; weir chart and weir report make them later.")
    var noReport = false

    /// - Parameter isQuiet: whether nothing is printed about it.
    func write(in folder: String, isQuiet: Bool) {
        guard !noReport else { return }
        // It takes seconds, after the results are printed.
        if !isQuiet {
            writeToStandardError("drawing charts and page; --no-report leaves them out\n")
        }
        ResultsPage.write(in: folder)
    }

    func writeOfSearch(in folder: String) {
        if !noReport { ResultsPage.writeOfSearch(in: folder) }
    }
}
