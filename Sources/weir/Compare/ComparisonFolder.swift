import Foundation
import Glibc
import LoadGenerator
import Reporting

/// The folder of a comparison. A run is finished if and only if its own folder has its final name.
///
///     plan.json                          what is run, in which order
///     runs/<variant>/profile.yaml        the variant as resolved: what each of its runs is given
///     runs/<variant>/<repetition>        a finished run
///     runs/<variant>/<repetition>.unfinished   one under way, or cut short
///     runs/<variant>/<repetition>.failed       one whose process died
///     runs/<variant>/<repetition>.disturbed-1  an earlier attempt, which the machine disturbed
///
/// One rename makes a run finished, so after a kill it is either finished or made again. An attempt
/// that is made again keeps its name until the next one is finished.
struct ComparisonFolder {
    let path: String
    /// `<profile>/<UTC time>` of its start, also where it was moved since.
    let runID: String
    private(set) var plan: ComparisonPlan
    /// The lock of a new folder; nil for one that is continued.
    let lock: FolderLock?

    /// Why a folder cannot be continued.
    struct ResumeError: Error, CustomStringConvertible {
        let description: String
    }

    private static let unfinished = ".unfinished"
    private static let failed = ".failed"
    private static let disturbed = ".disturbed-"

    /// Makes a new folder for a plan. The plan is written last: a folder without one was never
    /// started.
    /// - Parameter variants: the resolved profiles, in the order of the plan's variants.
    init(
        in folder: ResultsFolder, plan: ComparisonPlan, variants: [Profile]
    ) throws(ReportingError) {
        path = folder.path
        runID = folder.runID
        lock = folder.lock
        self.plan = plan
        self.plan.runID = runID
        for (variant, profile) in zip(plan.variants, variants) {
            try Self.makeDirectory(path + "/runs/" + variant.folder)
            try AtomicFile.replace(profilePath(of: variant), with: profile.resolvedYAML())
        }
        try write(self.plan)
    }

    /// Opens a folder to continue its comparison.
    /// - Parameter purpose: the kind of plan that is to be continued.
    init(resuming path: String, purpose: ComparisonPlan.Purpose = .comparison) throws {
        let file = path + "/" + ComparisonPlan.fileName
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ResumeError(
                description: "\(path): no comparison to resume: it has no readable "
                    + "\(ComparisonPlan.fileName); name the folder of a comparison")
        }
        guard let plan = try? JSONDecoder().decode(ComparisonPlan.self, from: data),
            plan.format <= ComparisonPlan.currentFormat, plan.isSound
        else {
            throw ResumeError(
                description: "\(file): not a plan that this version of weir can read; start the "
                    + "comparison anew")
        }
        guard plan.purpose == purpose else {
            throw ResumeError(
                description: plan.purpose == .rateSearch
                    ? "\(path): a search for the highest rate; continue it by "
                        + "'weir run --find-max-rate --resume \(path)'"
                    : "\(path): a comparison; continue it by 'weir compare --resume \(path)'")
        }
        let real = URL(filePath: path).resolvingSymlinksInPath()
        self.path = path
        self.plan = plan
        lock = nil
        runID = plan.runID ?? plan.profile + "/" + real.lastPathComponent
    }

    /// Adds repetitions to the plan; it never removes any.
    mutating func extend(toRepetitions count: Int) throws(ReportingError) {
        guard count > plan.repetitions else { return }
        plan.repetitions = count
        try write(plan)
    }

    /// Adds a variant to a plan that grows while it runs.
    mutating func add(
        _ name: String, settings: [ComparisonPlan.Setting], profile: Profile
    ) throws(ReportingError) {
        plan.add(name, settings: settings, plannedSeconds: profile.plannedSeconds)
        let variant = plan.variants[plan.variants.count - 1]
        try Self.makeDirectory(path + "/runs/" + variant.folder)
        try AtomicFile.replace(profilePath(of: variant), with: profile.resolvedYAML())
        try write(plan)
    }

    private func write(_ plan: ComparisonPlan) throws(ReportingError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(plan) else {
            preconditionFailure("a plan of texts and numbers does not encode as JSON")
        }
        try AtomicFile.replace(
            path + "/" + ComparisonPlan.fileName,
            with: String(decoding: data, as: UTF8.self) + "\n")
    }

    // MARK: Runs

    func profilePath(of variant: ComparisonPlan.Variant) -> String {
        path + "/runs/" + variant.folder + "/profile.yaml"
    }

    func path(of run: ComparisonPlan.Run) -> String {
        "\(path)/runs/\(plan.variants[run.variant].folder)/\(run.repetition)"
    }

    func runID(of run: ComparisonPlan.Run) -> String {
        "\(runID)/runs/\(plan.variants[run.variant].folder)/\(run.repetition)"
    }

    /// The finished runs of all variants.
    var finishedRuns: [ComparisonPlan.Run] {
        plan.variants.indices.flatMap { variant in
            (1...).lazy.map { ComparisonPlan.Run(variant: variant, repetition: $0) }
                .prefix(while: isFinished)
        }
    }

    func isFinished(_ run: ComparisonPlan.Run) -> Bool {
        FileManager.default.fileExists(atPath: path(of: run) + "/" + SummaryRow.fileName)
    }

    /// The folder for a run, after removing that of an unfinished attempt.
    func begin(_ run: ComparisonPlan.Run) throws(ReportingError) -> String {
        let place = path(of: run)
        for suffix in [Self.unfinished, Self.failed] { try Self.remove(place + suffix) }
        return place + Self.unfinished
    }

    /// Renames the attempt to the finished run, and keeps an earlier attempt under another name.
    func finish(_ run: ComparisonPlan.Run) throws(ReportingError) {
        let place = path(of: run)
        if isFinished(run) {
            try Self.move(place, to: place + Self.disturbed + "\(attempts(of: run))")
        }
        try Self.move(place + Self.unfinished, to: place)
    }

    /// The number of completed attempts at a run.
    func attempts(of run: ComparisonPlan.Run) -> Int {
        let place = path(of: run) + Self.disturbed
        let free = (1...).first { !FileManager.default.fileExists(atPath: place + "\($0)") }
        return free ?? 1
    }

    func markFailed(_ run: ComparisonPlan.Run) throws(ReportingError) {
        let place = path(of: run)
        // A process may have died before it made its folder.
        guard FileManager.default.fileExists(atPath: place + Self.unfinished) else { return }
        // The log is not needed; the other files may show what happened.
        try Self.remove(place + Self.unfinished + "/data")
        try Self.move(place + Self.unfinished, to: place + Self.failed)
    }

    // MARK: Files

    private static func move(_ source: String, to path: String) throws(ReportingError) {
        guard unsafe rename(source, path) == 0 else {
            throw .inputOutput(operation: "rename", path: source, errno: errno)
        }
    }

    private static func remove(_ path: String) throws(ReportingError) {
        guard FileManager.default.fileExists(atPath: path) else { return }
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            throw .inputOutput(operation: "remove", path: path, errno: EIO)
        }
    }

    private static func makeDirectory(_ path: String) throws(ReportingError) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .inputOutput(operation: "create", path: path, errno: EIO)
        }
    }
}
