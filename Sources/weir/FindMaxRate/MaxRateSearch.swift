import ArgumentParser
import LoadGenerator
import Measurement
import Reporting

/// `weir run --find-max-rate` of one profile, or of a resumed search: its folder, the search, and
/// the report at its end.
struct MaxRateSearch {
    let options: FindMaxRateOptions
    var overrides: [OptionText] = []
    var thresholds: [OptionText] = []
    var labels = RunLabels.none
    let out: String
    let isQuiet: Bool
    let printsJSON: Bool
    let terminal: TerminalOptions
    let page: ResultsPageOptions
    let quietWait: QuietWaitOptions

    /// Searches for the highest rate of a profile, prints the answer, and returns the exit status.
    func start(_ path: String) throws -> ExitCode {
        let plain = try Profile(contentsOf: path, overrides: overrides, checksVariants: false)
        guard plain.producerGroups.isEmpty else {
            throw RateFinderError(
                isOfProfile: true,
                description: "\(path): --find-max-rate varies one rate, and the groups of "
                    + "producers "
                    + plain.producerGroups.map(\.name).joined(separator: ", ")
                    + " each have their own; search with a profile of one group")
        }
        let bounds = options.bounds(for: plain) + thresholds
        // A provisional rate, since some thresholds need one; each probe has its own.
        let anyRate: OptionText
        if case .poisson = plain.producers.rate {
            anyRate = "producers.rate={poisson: 1000/s}"
        } else {
            anyRate = "producers.rate=1000/s"
        }
        let profile = try Profile(
            contentsOf: path, overrides: overrides + [anyRate], thresholds: bounds,
            checksVariants: false
        ).withoutSweep
        guard case .duration = profile.length else {
            throw RateFinderError(
                isOfProfile: true,
                description: "\(path): --find-max-rate takes runs of a fixed duration; give one "
                    + "with --duration in place of records or backlog")
        }
        let folder = try makeFolder(for: profile)
        return try find(profile, in: folder, ComparisonLock(folder))
    }

    /// Continues a search where it ended.
    /// - Parameter path: the profile whose newest search `latest` means; nil for any.
    func resume(_ name: String, of path: String?) throws -> ExitCode {
        let newest = ComparisonSearch(out: out, purpose: .rateSearch)
        let place =
            name == "latest" ? try newest.newest(of: path.map(CompareCommand.profileName)) : name
        let lock = try ComparisonLock(ComparisonFolder(resuming: place, purpose: .rateSearch))
        // Read once nobody else writes there.
        let folder = try ComparisonFolder(resuming: place, purpose: .rateSearch)
        var profile = try Profile(
            contentsOf: folder.path + "/profile.yaml", checksVariants: false)
        profile.name = folder.plan.profile
        return try find(profile, in: folder, lock)
    }

    private func makeFolder(for profile: Profile) throws -> ComparisonFolder {
        let now = WallClock.now()
        let results = try ResultsFolder.create(
            in: out, profile: profile.name, startedAtUnixNanos: now)
        try results.writeProfile(profile.resolvedYAML())
        try results.writeEnvironment(
            .ofThisProgram(dataDirectory: profile.dataDirectory ?? results.path))
        var plan = ComparisonPlan(
            profile: profile.name, target: profile.target.rawValue, startedAtUnixNanos: now,
            seed: profile.seed, repetitions: 1)
        plan.purpose = .rateSearch
        plan.labels = labels
        plan.rateSearch = .init(
            tolerance: options.tolerance ?? FindMaxRateOptions.defaultTolerance,
            bounds: profile.thresholds.map(\.text))
        return try ComparisonFolder(in: results, plan: plan, variants: [])
    }

    private func find(
        _ profile: Profile, in folder: ComparisonFolder, _ lock: ComparisonLock
    ) throws -> ExitCode {
        let finder = RateFinder(
            profile: profile, folder: folder, lock: lock,
            timeLimit: try options.timeLimit,
            isQuiet: isQuiet || printsJSON, terminal: terminal, page: page,
            beforeEachRun: { [quietWait] in quietWait.wait(for: folder.path, atMost: $0) })
        let (row, status) = try finder.find()
        let shown = Result {
            try printNow(
                printsJSON
                    ? JSON.line(JSON.object(row, resultsPath: folder.path)) + "\n"
                    : row.text(resultsPath: folder.path), terminator: "")
        }
        page.writeOfSearch(in: folder.path)
        if row.state == .interrupted || row.state == .outOfTime {
            writeToStandardError(
                "continue it with\n  weir run --find-max-rate --resume \(folder.path)\n")
        }
        return ExitStatus.graver(status, ExitStatus.of(shown))
    }
}
