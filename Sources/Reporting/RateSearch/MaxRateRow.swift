import Measurement

/// The row of `max_rate.csv`: the answer of a search for the highest rate, so far or at its end.
public struct MaxRateRow: TableRow, Equatable {
    public static let fileName = "max_rate.csv"
    public static let holds =
        "of `--find-max-rate`: the answer; the runs that led to it are in summary.csv"

    /// Why the search ended.
    public enum State: String, Sendable, CaseIterable {
        /// It has not: this is the answer so far, also of a search that was killed.
        case running
        case done
        /// It made as many probes as are allowed.
        case outOfProbes = "out_of_probes"
        /// `--max-time` is over.
        case outOfTime = "out_of_time"
        case interrupted
    }

    public var runID: String
    public var profile: String
    public var state: State
    public var answer: RateSearch.Answer
    /// How all runs at an offered rate ended.
    public var tally: RateSearch.Tally
    /// Why the rate failed that was not sustained.
    public var limit: ProbeOutcome.Limit?
    /// The widest interval of a confirmed answer, as a share of its lower end.
    public var tolerance: Double
    /// As written in the profile or on the command line.
    public var bounds: [String]
    /// The rate of the closed loop, which no bound applies to and whose latency says nothing.
    public var closedLoopRate: Double?
    /// The estimate while it is running.
    public var probesLeft: Int?

    public init(
        runID: String, profile: String, state: State, answer: RateSearch.Answer,
        tally: RateSearch.Tally, limit: ProbeOutcome.Limit?, tolerance: Double, bounds: [String],
        closedLoopRate: Double?, probesLeft: Int? = nil
    ) {
        self.runID = runID
        self.profile = profile
        self.state = state
        self.answer = answer
        self.tally = tally
        self.limit = limit
        self.tolerance = tolerance
        self.bounds = bounds
        self.closedLoopRate = closedLoopRate
        self.probesLeft = probesLeft
    }

    public static let columns: [Column<MaxRateRow>] = [
        .text("run_id", "Name of the search: its profile and the UTC time of its start.") {
            $0.runID
        },
        .text("profile", "Name of the profile.") { $0.profile },
        .decimal(
            "max_rate_records_per_s",
            "The safe rate, at which 90 % of the undisturbed runs hold; empty if no run held.",
            digits: 0
        ) { $0.answer.safe?.rate },
        .decimal(
            "not_sustained_rate_records_per_s",
            "The lowest rate above it at which most runs failed; empty without one.",
            digits: 0
        ) { $0.answer.notSustained?.rate },
        .text("limit", "What kept that rate from being sustained.") { $0.limit?.description },
        .truth(
            "is_confirmed",
            "`true` if the safe rate's interval is within the tolerance, at least five of the runs just "
                + "below it, and most of them, held, and the target set the limit."
        ) { $0.answer.isConfirmed },
        .list("bounds", "What had to hold, joined by `; `.") { $0.bounds },
        .decimal(
            "closed_loop_rate_records_per_s",
            "The acknowledged rate with `rate: max`, without a bound.", digits: 0
        ) { $0.closedLoopRate },
        .integer("probes", "How many runs were made at an offered rate.") { $0.tally.runs },
        .integer(
            "disturbed_probes",
            "How many of them failed while the machine was disturbed; these have little weight."
        ) { $0.tally.failedByMachine },
        .truth(
            "is_at_least",
            "`true` if the generator was the limit: the target may sustain more."
        ) { $0.answer.isLimitedByGenerator },
        .decimal(
            "interval_percent",
            "Width of the safe rate's interval, as a share of its lower end.", digits: 2
        ) { $0.answer.safe.map { $0.width * 100 } },
        .decimal("tolerance_percent", "The widest interval that is confirmed.", digits: 2) {
            $0.tolerance * 100
        },
        .integer(
            "max_rate_held",
            "How many runs held, of those at most half the tolerance below the safe rate."
        ) { $0.answer.safe?.tally.held },
        .integer(
            "max_rate_failed", "How many of them failed without a disturbance."
        ) { $0.answer.safe?.tally.failed },
        .integer("not_sustained_held", "How many runs held at the rate that was not sustained.") {
            $0.answer.notSustained?.tally.held
        },
        .integer(
            "not_sustained_failed", "How many failed there without a disturbance."
        ) { $0.answer.notSustained?.tally.failed },
        .integer(
            "max_rate_failed_by_machine",
            "How many of them failed during a disturbance."
        ) { $0.answer.safe?.tally.failedByMachine },
        .decimal(
            "safe_rate_low_records_per_s",
            "Lower end of the safe rate's 95 % interval.",
            digits: 0
        ) { $0.answer.safe?.interval.lowerBound },
        .decimal("safe_rate_high_records_per_s", "Its upper end.", digits: 0) {
            $0.answer.safe?.interval.upperBound
        },
        .decimal(
            "best_case_rate_records_per_s",
            "The best case, at which half of the undisturbed runs hold; empty if no run held.",
            digits: 0
        ) { $0.answer.bestCase?.rate },
        .decimal(
            "best_case_rate_low_records_per_s", "Lower end of its 95 % interval.", digits: 0
        ) { $0.answer.bestCase?.interval.lowerBound },
        .decimal("best_case_rate_high_records_per_s", "Its upper end.", digits: 0) {
            $0.answer.bestCase?.interval.upperBound
        },
        .integer(
            "best_case_held",
            "How many runs held, of those at most half the tolerance below the best case."
        ) { $0.answer.bestCase?.tally.held },
        .integer(
            "best_case_failed", "How many of them failed without a disturbance."
        ) { $0.answer.bestCase?.tally.failed },
        .integer("probes_held", "How many of all runs at an offered rate held.") { $0.tally.held },
        .integer(
            "probes_failed", "How many of them failed without a disturbance."
        ) { $0.tally.failed },
        .decimal(
            "fails_anywhere_percent",
            "The estimated share of runs that fail at any rate, because of unseen disturbances.",
            digits: 1
        ) { $0.answer.machineShare * 100 },
        .text(
            "state",
            "`done`, or why it ended earlier: `out_of_probes`, `out_of_time`, `interrupted`; "
                + "`running` while it goes on, or if it was killed."
        ) { $0.state.rawValue },
        .integer(
            "probes_left", "How many more runs it is expected to make; empty when it has ended."
        ) {
            $0.probesLeft
        },
    ]
}
