import ArgumentParser
import LoadGenerator

/// `weir run --find-max-rate` and the options that belong to it.
struct FindMaxRateOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Find the highest rate that the target sustains.",
            discussion: """
                Runs the profile once as fast as it can, then at one rate after the other. A run \
                holds if 99 % of the offered records are acknowledged, every --bound and the \
                --lag-bound hold, and no consumer group falls farther and farther behind.

                Near the limit it is partly chance whether a run holds. So the answer is two \
                rates: the safe rate, at which 9 in 10 runs are expected to hold, and the best \
                case, at which half of them are. Each has an interval, which in 95 of 100 searches \
                holds the true rate. Each run is made at the rate that narrows the safe rate's \
                interval most. A run that fails while the machine is disturbed has \
                little weight, and the share of runs that fail at any rate is estimated along with \
                the rates.

                An answer is confirmed, and the search ends, when the safe rate's interval is \
                within --tolerance, and at least five of the runs just below it, and most of them, \
                held. If the generator was the limit, the answer is "at least". Each run takes the profile's \
                warmup and duration; the expected cost of the search is printed at its start. \
                max_rate.csv and the page have the answer so far, summary.csv every run.

                Ctrl-C and SIGTERM end the search with the answer so far; --resume continues it.

                  weir run Profiles/orders.yaml --find-max-rate --max-time 10m
                  weir run --find-max-rate --resume latest
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
            "With --find-max-rate: the highest age of an unconsumed record; by default "
                + "1s.", valueName: "duration"))
    var lagBound: String?

    @Option(
        help: ArgumentHelp(
            "With --find-max-rate: the widest that a confirmed answer's interval is, as a share of "
                + "the rate; by default 0.05.", valueName: "share"))
    var tolerance: Double?

    @Option(
        help: ArgumentHelp(
            "With --find-max-rate: how long the search may take (10m); it then answers with "
                + "what it has.", valueName: "duration"))
    var maxTime: String?

    @Option(
        help: ArgumentHelp(
            "With --find-max-rate: continue a search: its folder, or latest for the newest one.",
            valueName: "folder"))
    var resume: String?

    static let defaultTolerance = 0.05

    func validate() throws {
        if let tolerance, !(0.001...0.5).contains(tolerance) {
            throw ValidationError("--tolerance is a share between 0.001 and 0.5")
        }
        guard findMaxRate || bounds.isEmpty else {
            throw ValidationError("--bound goes with --find-max-rate; for a run it is --threshold")
        }
        guard findMaxRate || (lagBound == nil && tolerance == nil && maxTime == nil) else {
            throw ValidationError("--lag-bound, --tolerance and --max-time go with --find-max-rate")
        }
        guard findMaxRate || resume == nil else {
            throw ValidationError(
                "--resume goes with --find-max-rate or weir compare; a single run cannot be resumed"
            )
        }
        guard resume == nil || (bounds.isEmpty && lagBound == nil && tolerance == nil) else {
            throw ValidationError(
                "a resumed search follows its plan: --bound, --lag-bound and --tolerance cannot "
                    + "change it; start a new one with them")
        }
        _ = try timeLimit
    }

    var timeLimit: Duration? {
        get throws {
            guard let maxTime else { return nil }
            do {
                return try Duration(maxTime, option: "--max-time")
            } catch {
                throw ValidationError("\(error)")
            }
        }
    }

    /// The bounds for a profile, as thresholds are written.
    func bounds(for profile: Profile) -> [OptionText] {
        let consumes = !profile.consumers.isEmpty
        let latency: OptionText =
            consumes ? "e2e_latency_p99 < 100ms" : "response_latency_p99 < 100ms"
        let lag = OptionText(
            "lag_time_max < \(lagBound ?? "1s")", origin: lagBound.map { "--lag-bound \($0)" })
        return
            (bounds.isEmpty ? [latency] : bounds.map { OptionText($0, origin: "--bound \($0)") })
            + (consumes ? [lag] : [])
    }
}
