import ArgumentParser
import LoadGenerator
import Measurement
import RecordFormat
import Reporting

/// `weir run --find-max-rate` with what goes with it.
struct FindMaxRateOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Find the highest rate that the target sustains.",
            discussion: """
                Runs the profile as fast as it goes once, then at rates around that, halving the \
                gap between one that is sustained and one that is not. A rate is sustained where \
                99 % of what was offered is acknowledged, every --bound and the --lag-bound hold, \
                and no consumer group falls ever farther behind.

                A disturbed machine makes a good rate fail, and nothing makes a bad one hold. So a \
                run that fails while the machine stalls or its CPU is stolen is made again, up to \
                three times a rate, and does not count; a run that holds outweighs three that fail; \
                and a rate is taken to hold after two such runs, or to fail after five, more where \
                they disagree.

                The answer is an interval: the highest rate that held, and the lowest that failed. \
                It is confirmed where it is within --tolerance; where the generator was the limit, \
                the answer is "at least". Each run takes the profile's warmup and duration; about \
                twenty are made, and at most sixty. The answer is in max_rate.csv, every run in \
                summary.csv.
                """))
    var findMaxRate = false

    @Option(
        name: .customLong("bound"),
        help: ArgumentHelp(
            "With --find-max-rate: what must hold; by default a p99 below 100 ms, end to end, or "
                + "of the response where nobody consumes.", valueName: "metric < limit"))
    var bounds: [String] = []

    @Option(
        help: ArgumentHelp(
            "With --find-max-rate: the highest age that an unconsumed record may reach; by default "
                + "1s.", valueName: "duration"))
    var lagBound: String?

    @Option(
        help: ArgumentHelp(
            "With --find-max-rate: the widest that a confirmed answer's interval is, as a share of "
                + "the rate; by default 0.05.", valueName: "share"))
    var tolerance: Double?

    func validate() throws {
        if let tolerance, !(0.001...0.5).contains(tolerance) {
            throw ValidationError("--tolerance is a share between 0.001 and 0.5")
        }
        guard findMaxRate || bounds.isEmpty else {
            throw ValidationError("--bound goes with --find-max-rate; for a run it is --threshold")
        }
        guard findMaxRate || (lagBound == nil && tolerance == nil) else {
            throw ValidationError("--lag-bound and --tolerance go with --find-max-rate")
        }
    }

    /// The bounds for a profile, as thresholds are written.
    func bounds(for profile: Profile) -> [String] {
        let consumes = !profile.consumers.isEmpty
        let latency = consumes ? "e2e_latency_p99 < 100ms" : "response_latency_p99 < 100ms"
        return (bounds.isEmpty ? [latency] : bounds)
            + (consumes ? ["lag_time_max < \(lagBound ?? "1s")"] : [])
    }

    /// Searches, prints the answer, and returns what to exit with.
    func find(
        _ path: String, overrides: [String], thresholds: [String], out: String, quiet: Bool,
        json: Bool, page: ResultsPageOptions
    ) throws -> ExitCode {
        let plain = try Profile(
            contentsOf: path, overrides: overrides, checksVariants: false)
        let bounds = bounds(for: plain) + thresholds
        // A rate for the while, since some thresholds need one; each probe has its own.
        let anyRate: String
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
        let now = WallClock.now()
        let results = try ResultsFolder.create(
            in: out, profile: profile.name, startedAtUnixNanos: now)
        try results.writeProfile(profile.resolvedYAML())
        try results.writeEnvironment(
            EnvironmentSnapshot.take(
                dataDirectory: profile.dataDirectory ?? results.path, weirVersion: Weir.version,
                codecVersions: CompressionCodec.libraryVersions))
        var plan = ComparisonPlan(
            profile: profile.name, target: profile.target.rawValue, startedAtUnixNanos: now,
            seed: profile.seed, repetitions: 1)
        plan.purpose = .rateSearch
        let folder = try ComparisonFolder(in: results, plan: plan, variants: [])
        let lock = try ComparisonLock(folder)
        let finder = RateFinder(
            profile: profile, bounds: profile.thresholds.map(\.text), tolerance: tolerance ?? 0.05,
            folder: folder, lock: lock,
            display: ComparisonDisplay(isQuiet: quiet || json))
        guard let (row, status) = try finder.find() else {
            writeToStandardError("The search was ended; its runs are in \(folder.path)\n")
            return ExitStatus.interrupted
        }
        let shown = Result {
            try printNow(
                json
                    ? JSON.object(row, resultsPath: folder.path) + "\n"
                    : row.text(resultsPath: folder.path), terminator: "")
        }
        page.write(in: folder.path)
        return ExitStatus.graver(status, ExitStatus.of(shown))
    }
}
