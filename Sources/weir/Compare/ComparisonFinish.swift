import Foundation
import LoadGenerator
import Reporting

/// What is made of a comparison's runs once there are no more, or no more for now: the statistics,
/// in `comparison.csv` and on the terminal.
struct ComparisonFinish {
    let folder: ComparisonFolder
    /// Nil for the plan's.
    let baseline: String?
    let printsJSON: Bool

    /// What is to be shown.
    func finish() throws -> String {
        let path = folder.path + "/" + SummaryRow.fileName
        guard FileManager.default.fileExists(atPath: path) else {
            return printsJSON ? JSON.list([ComparisonRow]()) + "\n" : ""
        }
        let summary = try CSVTable(path: path)
        let comparison = try Comparison(
            summaries: [summary], baseline: knownBaseline(in: summary)
        ).named(folder.runID)
        try AtomicFile.replace(
            folder.path + "/" + ComparisonRow.fileName, with: comparison.csv)
        try DataPackage.write(in: folder.path, name: folder.runID)
        return printsJSON
            ? JSON.list(comparison.rows) + "\n"
            : ComparisonReport.text(comparison, resultsPath: folder.path)
    }

    /// The plan's baseline, or its first variant; nil where no run of it has ended yet, so that
    /// what there is can be shown.
    private func knownBaseline(in summary: CSVTable) -> String? {
        let name = baseline ?? folder.plan.baseline ?? folder.plan.variants[0].name
        return summary.rows.contains { $0["variant"] == name } ? name : nil
    }
}
