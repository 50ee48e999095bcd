import ArgumentParser
import Foundation
import LoadGenerator
import Measurement
import Reporting

/// What a comparison is held against, and when that fails.
struct DifferenceOptions: ParsableArguments {
    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Compare with these finished results: each variant with its like among them.",
            valueName: "results"), completion: .directory)
    var against: [String] = []

    @Option(
        name: .customLong("fail-if"),
        help: ArgumentHelp(
            "A difference from the baseline that gives exit status 99; may be repeated.",
            valueName: "metric worse than N%"))
    var failIf: [String] = []

    /// One of each figure, once they are validated.
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

    /// Their places, whatever becomes of links such as `latest` in the meantime.
    var baselinePaths: [String] {
        against.map { URL(filePath: $0).resolvingSymlinksInPath().standardizedFileURL.path }
    }
}

/// Looks, before the first run, for what would make a comparison with its baseline come to nothing.
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
        guard !options.limits.isEmpty else { return }
        let counts = Dictionary(grouping: rows) { $0["variant"] ?? "default" }.mapValues(\.count)
        guard counts.values.contains(where: { $0 >= DifferenceJudgement.leastRepetitions }) else {
            throw ValidationError(
                "no variant of \(options.against.joined(separator: ", ")) was run "
                    + "\(DifferenceJudgement.leastRepetitions) times; with fewer repetitions no "
                    + "difference can be shown, however large")
        }
    }

    private func checkRepetitions() throws {
        guard !options.limits.isEmpty else { return }
        guard swept.profile.repetitions >= DifferenceJudgement.leastRepetitions else {
            throw ValidationError(
                "--fail-if takes \(DifferenceJudgement.leastRepetitions) --repetitions or more; with "
                    + "\(swept.profile.repetitions) no difference can be shown, however large")
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

/// Why results do not compare.
struct ComparabilityError: Error, CustomStringConvertible {
    let description: String

    init(_ differences: [Comparability.Difference]) {
        description =
            "these results do not compare:\n"
            + differences.map { "  \($0)" }.joined(separator: "\n")
            + "\nMeasure them on the same machine with the same payload, or compare them all the "
            + "same by --force."
    }
}
