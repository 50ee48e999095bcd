import ArgumentParser
import Foundation
import LoadGenerator
import Measurement
import Reporting

/// The baseline of a comparison, and the limits on the difference from it.
struct DifferenceOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Compare with these finished results: each variant with the same variant among them.",
            valueName: "results"), completion: .directory)
    var against: [String] = []

    @Option(
        name: .customLong("fail-if"),
        help: ArgumentHelp(
            "A difference from the baseline that gives exit status 99; may be repeated.",
            valueName: "metric worse than N%"))
    var failIf: [String] = []

    /// The validated limits, at most one for each figure.
    var limits: [DifferenceLimit] { failIf.compactMap { try? DifferenceLimit($0) } }

    var areGiven: Bool { !against.isEmpty || !failIf.isEmpty }

    func validate() throws {
        for text in failIf {
            do {
                _ = try DifferenceLimit(text)
            } catch {
                throw ValidationError("\(error)")
            }
        }
        for (index, limit) in limits.enumerated()
        where limits[..<index].contains(where: { $0.column == limit.column }) {
            throw ValidationError("two --fail-if are about \(limit.column); keep one of them")
        }
    }

    /// Resolved paths, because a link such as `latest` may change during the comparison.
    var baselinePaths: [String] {
        against.map { URL(filePath: $0).resolvingSymlinksInPath().standardizedFileURL.path }
    }
}

/// Checks before the first run that the comparison with the baseline is possible.
struct BaselineCheck {
    let swept: SweptProfile
    let options: DifferenceOptions
    let isForced: Bool

    func check(out: String) throws {
        try checkRepetitions()
        guard !options.against.isEmpty else { return }
        let baseline = try options.against.map { path in
            try SavedResults(path: path, tables: [.summary])
        }
        let rows = baseline.flatMap { $0.summary?.rows ?? [] }
        guard !rows.isEmpty else { throw ComparisonError.oneSided }
        try checkMachine(baseline, out: out)
        try checkNames(rows)
        guard !options.limits.isEmpty else { return }
        let counts = Dictionary(grouping: rows) { $0["variant"] ?? "default" }.mapValues(\.count)
        guard counts.values.contains(where: { $0 >= DifferenceJudgement.leastRepetitions }) else {
            throw ValidationError(
                "no variant of \(options.against.joined(separator: ", ")) was run "
                    + "\(DifferenceJudgement.leastRepetitions) times; fewer repetitions "
                    + "cannot show a difference")
        }
    }

    /// If the baseline is one folder of several variants, variants are compared by name, so a name
    /// must match.
    private func checkNames(_ rows: [CSVTable.Row]) throws {
        let old = rows.compactMap { $0["variant"] }.uniqued()
        let new = swept.profile.variants.map(\.name)
        guard options.against.count == 1, old.count > 1, Set(old).isDisjoint(with: new) else {
            return
        }
        throw FinishedSides.UnlikeError(baseline: old, compared: new)
    }

    private func checkRepetitions() throws {
        guard !options.limits.isEmpty else { return }
        guard swept.profile.repetitions >= DifferenceJudgement.leastRepetitions else {
            throw ValidationError(
                "--fail-if takes \(DifferenceJudgement.leastRepetitions) --repetitions or more; with "
                    + "\(swept.profile.repetitions) no difference can be shown")
        }
        guard !options.against.isEmpty || swept.variants.count > 1 else {
            throw ComparisonError.nothingToCompareWith(swept.profile.variants[0].name)
        }
    }

    private func checkMachine(_ baseline: [SavedResults], out: String) throws {
        let planned = try SavedResults(
            planned: "this machine",
            environment: .ofThisProgram(dataDirectory: swept.profile.dataDirectory ?? out))
        let differences = Comparability(baseline + [planned]).differences
        guard !differences.isEmpty, !isForced else { return }
        throw ComparabilityError(differences)
    }
}

/// The differences because of which results are not compared.
struct ComparabilityError: Error, CustomStringConvertible {
    let description: String

    init(_ differences: [Comparability.Difference]) {
        description =
            "these results cannot be compared:\n"
            + differences.map { "  \($0)" }.joined(separator: "\n")
            + "\nMeasure them on the same machine with the same payload, or compare them all the "
            + "same by --force."
    }
}
