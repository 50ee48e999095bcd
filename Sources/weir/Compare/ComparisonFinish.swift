import ArgumentParser
import Foundation
import LoadGenerator
import Measurement
import Reporting

/// The end of a comparison, also of an interrupted one: writes `comparison.csv` and prints the
/// comparison.
struct ComparisonFinish {
    let folder: ComparisonFolder
    /// Nil for the plan's baseline.
    let baseline: String?
    let output: ComparisonOutput

    /// Writes the results and prints them. If the plan names a baseline of finished results, the
    /// comparison with it is printed, and written to a folder of its own.
    /// - Parameter out: the directory that results go to.
    func finish(out: String) throws -> ExitCode {
        let against = Interrupts.wasInterrupted ? [] : folder.plan.against ?? []
        let compared = try compare(isLimited: against.isEmpty && !Interrupts.wasInterrupted)
        guard !against.isEmpty else {
            guard let comparison = compared.comparison else {
                if output.printsJSON { try printNow(JSON.list([ComparisonRow]())) }
                return compared.status
            }
            let shown = try output.show(comparison, name: folder.plan.profile, in: folder.path)
            return ExitStatus.graver(compared.status, shown)
        }
        output.drawPage(in: folder.path)
        if !output.isQuiet { writeToStandardError("the new runs are in \(folder.path)\n") }
        return try FinishedResults(
            paths: [folder.path], against: against, limits: limits(),
            isForced: folder.plan.isForced ?? false, out: out, thresholdsIn: folder.path,
            output: output
        ).run()
    }

    /// The limits of the plan, which were validated before it was written.
    private func limits() throws -> [DifferenceLimit] {
        try (folder.plan.failIf ?? []).map { try DifferenceLimit($0) }
    }

    /// Compares the variants with each other.
    private func compare(isLimited: Bool) throws -> (comparison: Comparison?, status: ExitCode) {
        let path = folder.path + "/" + SummaryRow.fileName
        guard FileManager.default.fileExists(atPath: path) else {
            return (nil, .success)
        }
        let summary = try CSVTable(path: path)
        let comparison = try Comparison(
            summaries: [summary], baseline: knownBaseline(in: summary),
            limits: isLimited ? limits() : []
        ).named(folder.runID)
        try AtomicFile.replace(
            folder.path + "/" + ComparisonRow.fileName, with: comparison.csv)
        try DataPackage.write(in: folder.path, name: folder.runID)
        return (comparison, ExitStatus.of(comparison))
    }

    /// The plan's baseline, or its first variant; nil if no run of it is finished, so that another
    /// one takes its place.
    private func knownBaseline(in summary: CSVTable) -> String? {
        let name = baseline ?? folder.plan.baseline ?? folder.plan.variants[0].name
        return summary.rows.contains { $0["variant"] == name } ? name : nil
    }
}
