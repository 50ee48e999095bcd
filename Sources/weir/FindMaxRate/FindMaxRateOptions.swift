import ArgumentParser
import LoadGenerator

/// `weir run --find-max-rate` with what goes with it.
struct FindMaxRateOptions: ParsableArguments {
    @Flag(
        help: ArgumentHelp(
            "Find the highest rate that the target sustains.",
            discussion: """
                Runs the profile as fast as it goes once, then at one rate after the other. A run \
                holds where 99 % of what was offered is acknowledged, every --bound and the \
                --lag-bound hold, and no consumer group falls ever farther behind.

                Whether a run holds is partly chance, the more so near the limit, so that two rates \
                are told: the safe one, where 9 in 10 runs hold, and the best case, where half of \
                them do; each with the interval that it lies in with 95 % probability. Each run is \
                made at the rate that narrows the safe rate's interval most. A run that fails while \
                the machine is disturbed weighs little, and how many runs fail at any rate, \
                whatever that is, is found along with the rates.

                The search ends where the safe rate's interval is within --tolerance and most of at \
                least five runs just below it held: then it is confirmed. Where the generator was \
                the limit, the answer is "at least". Each run takes the profile's warmup and \
                duration; what that will cost is said at the start. The answer so far is in \
                max_rate.csv and on the page, every run in summary.csv.

                Ctrl-C and SIGTERM end it with what it has, and --resume goes on.

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
            "With --find-max-rate: the highest age that an unconsumed record may reach; by default "
                + "1s.", valueName: "duration"))
    var lagBound: String?

    @Option(
        help: ArgumentHelp(
            "With --find-max-rate: the widest that a confirmed answer's interval is, as a share of "
                + "the rate; by default 0.05.", valueName: "share"))
    var tolerance: Double?

    @Option(
        help: ArgumentHelp(
            "With --find-max-rate: how long the search takes at most (10m); it then answers with "
                + "what it has.", valueName: "duration"))
    var maxTime: String?

    @Option(
        help: ArgumentHelp(
            "With --find-max-rate: go on with a search: its folder, or latest for the newest one.",
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
                "--resume goes with --find-max-rate, or with weir compare; a run is made anew")
        }
        guard resume == nil || (bounds.isEmpty && lagBound == nil && tolerance == nil) else {
            throw ValidationError(
                "a resumed search goes by its plan: --bound, --lag-bound and --tolerance cannot "
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
    func bounds(for profile: Profile) -> [String] {
        let consumes = !profile.consumers.isEmpty
        let latency = consumes ? "e2e_latency_p99 < 100ms" : "response_latency_p99 < 100ms"
        return (bounds.isEmpty ? [latency] : bounds)
            + (consumes ? ["lag_time_max < \(lagBound ?? "1s")"] : [])
    }
}
