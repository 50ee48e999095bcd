import ArgumentParser
import Foundation
import LoadGenerator
import Measurement
import Reporting

/// `weir compare RESULTS…`: the comparison of results folders that are finished, of single runs or of
/// comparisons.
///
/// A folder of a comparison has its variants; single runs are named by what differs between them
/// (`FinishedVariants`). Results go to a folder of their own, `<out>/compared/<UTC time>/`, with
/// all rows in `summary.csv`.
struct FinishedResults {
    var paths: [String]
    /// The folders of the baseline, with which all of `paths` are compared; empty if all are
    /// compared with one variant.
    var against: [String] = []
    /// Limits on differences.
    var limits: [DifferenceLimit] = []
    /// Conditions for each run, as written.
    var thresholds: [String] = []
    /// The name of a variant, or a path among `paths` that holds one; nil for the first.
    var baseline: String?
    /// Whether results of different machines and payloads are compared.
    var isForced = false
    var out = "Results"
    /// The folder whose runs' thresholds were judged; nil for that of this comparison.
    var thresholdsIn: String?
    let output: ComparisonOutput

    /// Whether arguments are results rather than profiles: results are folders, a profile is a
    /// file.
    static func areMeant(by arguments: [String]) -> Bool {
        arguments.contains { path in
            var isDirectory: ObjCBool = false
            let exists = unsafe FileManager.default.fileExists(
                atPath: path, isDirectory: &isDirectory)
            return exists && isDirectory.boolValue
        }
    }

    /// Compares, writes the results and prints them. Errors go to standard error.
    func run() throws -> ExitCode {
        do {
            let results = try read()
            let baselineCount = try baselineCount(in: results)
            guard isAllowed(results) else { return .failure }
            let variants = try FinishedVariants(results, baselineCount: baselineCount)
            for note in variants.notes { printError("note: \(note)") }
            let judged = try FinishedThresholds(
                thresholds,
                in: CombinedSummary.table(
                    zip(results, variants.names).map { ($0.summary!, $1) }))
            let comparison = try Comparison(
                summaries: [judged.summary], baseline: baseline.map { name(of: $0, variants) },
                counterparts: baseline == nil ? variants.counterparts : [:], limits: limits)
            let folder = try makeFolder()
            let named = comparison.named(folder.runID)
            try write(named, judged, of: results, to: folder)
            let shown = try output.show(
                named, name: "compared", in: folder.path, thresholdsIn: thresholdsIn)
            let status = judged.haveFailed ? ExitStatus.thresholdFailed : .success
            return ExitStatus.graver(
                ExitStatus.graver(status, ExitStatus.of(comparison)), shown)
        } catch let error as ReportingError {
            printError("\(error)")
            return ExitStatus.of(error)
        } catch let error as ProfileError {
            printError("\(error)")
            return ExitStatus.badProfile
        } catch let error as FinishedSides.UnlikeError {
            printError("\(error)")
            return .failure
        } catch let error as ComparisonError {
            printError("\(error)")
            return ExitStatus.of(error)
        }
    }

    /// The folders with a finished run, those of the baseline first. Others are left out with a
    /// note.
    private func read() throws(ReportingError) -> [SavedResults] {
        var results: [SavedResults] = []
        var seen: Set<String> = []
        for path in against + paths {
            guard seen.insert(Self.place(path)).inserted else {
                printError("note: \(path) is given twice; it counts once")
                continue
            }
            let one = try SavedResults(path: path, tables: [.summary])
            if one.summary?.rows.isEmpty ?? true {
                printError("note: \(path) is left out: no run in it was finished")
            } else {
                results.append(one)
            }
        }
        let (distinct, notes) = SavedResults.withEachRunOnce(results)
        for note in results.flatMap(\.notes) + notes { printError("note: \(note)") }
        return distinct
    }

    private static func place(_ path: String) -> String {
        URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
    }

    /// How many of the results are the baseline's.
    private func baselineCount(in results: [SavedResults]) throws(ComparisonError) -> Int {
        let count = results.count { against.contains($0.path) }
        if !against.isEmpty, count == 0 || count == results.count { throw .oneSided }
        return count
    }

    /// Prints what differs between machines and payloads.
    private func isAllowed(_ results: [SavedResults]) -> Bool {
        let comparability = Comparability(results)
        for note in comparability.notes { printError("note: different \(note)") }
        let differences = comparability.differences
        guard !differences.isEmpty else { return true }
        if isForced {
            let list = differences.map { "  \($0)" }.joined(separator: "\n")
            printError("note: they differ and are compared because of --force:\n\(list)")
            return true
        }
        printError("\(ComparabilityError(differences))")
        return false
    }

    private func name(of baseline: String, _ names: FinishedVariants) -> String {
        let place = Self.place(baseline)
        guard let index = paths.firstIndex(where: { Self.place($0) == place }) else {
            return baseline
        }
        return names.name(ofFolder: paths[index]) ?? baseline
    }

    private func makeFolder() throws(ReportingError) -> ResultsFolder {
        try ResultsFolder.create(
            in: out, profile: "compared", startedAtUnixNanos: WallClock.now())
    }

    private func write(
        _ comparison: Comparison, _ judged: FinishedThresholds, of results: [SavedResults],
        to folder: ResultsFolder
    ) throws(ReportingError) {
        try folder.writeSummary(judged.summary)
        if !judged.rows.isEmpty {
            try folder.csv(ThresholdRow.self).append(judged.rows)
        }
        try folder.write(comparison)
        // Machine and payload are the same, so the first environment stands for all.
        if Comparability(results).differences.isEmpty, let text = results.first?.environmentJSON {
            try folder.write(text, to: "environment.json")
        }
        try DataPackage.write(in: folder.path, name: folder.runID)
    }
}
