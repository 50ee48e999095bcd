import ArgumentParser
import Foundation
import Reporting

/// What people look at, made from the CSV files of a finished folder: its charts and its page.
enum ResultsPage {
    /// Draws the charts and writes the page. The results stand without them: what fails is said, and
    /// nothing more.
    static func write(in folder: String) {
        do {
            let results = try SavedResults(toShow: folder)
            // Nothing is finished, so there is nothing to show.
            guard results.summary != nil else { return }
            try write(results)
        } catch {
            printError("the results have no page: \(error)")
        }
    }

    /// The page of a search for the highest rate, which it needs few tables for: it is written after each
    /// probe.
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

/// The option that goes without.
struct ResultsPageOptions: ParsableArguments {
    @Flag(help: "No charts and no report.html; weir chart and weir report make them later.")
    var noReport = false

    func write(in folder: String) {
        if !noReport { ResultsPage.write(in: folder) }
    }

    func writeOfSearch(in folder: String) {
        if !noReport { ResultsPage.writeOfSearch(in: folder) }
    }
}
