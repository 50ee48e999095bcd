/// The row of `max_rate.csv`: the answer of a search for the highest rate.
public struct MaxRateRow: TableRow, Equatable {
    public static let fileName = "max_rate.csv"

    public var runID: String
    public var profile: String
    /// How many probes of a rate held, and how many failed; of those that count.
    public struct Tally: Sendable, Equatable {
        public var held: Int
        public var failed: Int

        public init(held: Int, failed: Int) {
            self.held = held
            self.failed = failed
        }
    }

    /// Nil where not even the lowest rate tried was sustained.
    public var rate: Double?
    /// The lowest rate above it that failed by agreement.
    public var notSustainedRate: Double?
    public var rateTally: Tally?
    public var notSustainedTally: Tally?
    /// What the lowest rate above it failed by.
    public var limit: ProbeOutcome.Limit?
    /// Whether the generator gave up at `notSustainedRate`, and not the target.
    public var isAtLeast: Bool
    /// Whether both rates are agreed and as near to each other as `tolerance`.
    public var isConfirmed: Bool
    /// The widest that the interval may be, as a share of its lower end.
    public var tolerance: Double
    /// As written, joined by `; `.
    public var bounds: [String]
    /// What the closed loop reached, which bounds nothing and has no latency of use.
    public var closedLoopRate: Double?
    public var probes: Int
    /// Of them, how many failed while the machine was disturbed and were made again.
    public var disturbedProbes: Int

    public init(
        runID: String, profile: String, rate: Double?, notSustainedRate: Double?,
        rateTally: Tally?, notSustainedTally: Tally?, limit: ProbeOutcome.Limit?, isAtLeast: Bool,
        isConfirmed: Bool, tolerance: Double, bounds: [String], closedLoopRate: Double?,
        probes: Int, disturbedProbes: Int
    ) {
        self.runID = runID
        self.profile = profile
        self.rate = rate
        self.notSustainedRate = notSustainedRate
        self.rateTally = rateTally
        self.notSustainedTally = notSustainedTally
        self.limit = limit
        self.isAtLeast = isAtLeast
        self.isConfirmed = isConfirmed
        self.tolerance = tolerance
        self.bounds = bounds
        self.closedLoopRate = closedLoopRate
        self.probes = probes
        self.disturbedProbes = disturbedProbes
    }

    /// From the one rate to the other, as a share of the lower one.
    var intervalWidth: Double? {
        guard let rate, let notSustainedRate else { return nil }
        return (notSustainedRate - rate) / rate
    }

    public static let columns: [Column<MaxRateRow>] = [
        .text("run_id", "Name of the search: its profile and the UTC time of its start.") {
            $0.runID
        },
        .text("profile", "Name of the profile.") { $0.profile },
        .decimal(
            "max_rate_records_per_s",
            "The highest offered rate that was sustained; empty where none was.", digits: 0
        ) { $0.rate },
        .decimal(
            "not_sustained_rate_records_per_s",
            "The lowest rate above it that was not, by agreement; empty where none was found.",
            digits: 0
        ) { $0.notSustainedRate },
        .text("limit", "What kept that rate from being sustained.") { $0.limit?.description },
        .text(
            "is_confirmed",
            "`true` where the probes agree on both rates, the target set the upper one, and they "
                + "are within the tolerance of each other; else `false`."
        ) { $0.isConfirmed ? "true" : "false" },
        .text("bounds", "What had to hold, joined by `; `.") {
            $0.bounds.joined(separator: "; ")
        },
        .decimal(
            "closed_loop_rate_records_per_s",
            "Acknowledged with `rate: max`, without any bound.", digits: 0
        ) { $0.closedLoopRate },
        .integer("probes", "How many runs at an offered rate there were.") { $0.probes },
        .integer(
            "disturbed_probes",
            "Of them, those that failed while the machine was disturbed: made again, not counted."
        ) { $0.disturbedProbes },
        .text(
            "is_at_least",
            "`true` where the generator was the limit, so that the target may sustain more."
        ) { $0.isAtLeast ? "true" : "false" },
        .decimal(
            "interval_percent", "From the one rate to the other, as a share of the lower.",
            digits: 2
        ) { $0.intervalWidth.map { $0 * 100 } },
        .decimal("tolerance_percent", "The widest that a confirmed interval is.", digits: 2) {
            $0.tolerance * 100
        },
        .integer("max_rate_held", "How many probes of the sustained rate held.") {
            $0.rateTally?.held
        },
        .integer("max_rate_failed", "How many of its probes failed; disturbed ones aside.") {
            $0.rateTally?.failed
        },
        .integer("not_sustained_held", "How many probes of the rate above it held.") {
            $0.notSustainedTally?.held
        },
        .integer("not_sustained_failed", "How many of its probes failed; disturbed ones aside.") {
            $0.notSustainedTally?.failed
        },
    ]

    /// What the search prints last.
    /// - Parameter resultsPath: the folder, for the last line.
    public func text(resultsPath: String) -> String {
        var lines = [headline]
        if let rate, let tally = rateTally {
            lines.append("  - \(Figure.rate(rate)) \(Self.told(tally))")
        }
        if let notSustainedRate {
            let told = notSustainedTally.map { " " + Self.told($0) } ?? " is not sustained"
            let why = limit.map { ": \($0)" } ?? ""
            lines += SummaryReport.wrapped(
                "- \(Figure.rate(notSustainedRate))\(told)\(why)", indent: 2)
        } else {
            lines.append("  - no higher rate was shown not to be sustained")
        }
        if isAtLeast {
            lines.append("  - the generator was the limit, so the target may sustain more")
        } else if !isConfirmed {
            lines += SummaryReport.wrapped("- not confirmed: \(doubt)", indent: 2)
        }
        lines += SummaryReport.wrapped("Bounds: \(bounds.joined(separator: "; "))", indent: 0)
        let closed = closedLoopRate.map { ", \(Figure.rate($0)) in a closed loop" } ?? ""
        let disturbed =
            disturbedProbes > 0
            ? ", \(disturbedProbes) of them disturbed by the machine and made again" : ""
        lines += SummaryReport.wrapped(
            "\(probes) runs at offered rates\(disturbed)\(closed)", indent: 0)
        return (lines + ["", "Results in \(resultsPath)"]).joined(separator: "\n") + "\n"
    }

    private var headline: String {
        guard let rate else { return "\(profile) sustains no rate that was tried" }
        if isAtLeast { return "\(profile) sustains at least \(Figure.rate(rate))" }
        guard let notSustainedRate, let intervalWidth else {
            return "\(profile) sustains \(Figure.rate(rate))"
        }
        let width = Figure.percent(ofShare: intervalWidth)
        return "\(profile) sustains \(Figure.rate(rate)): "
            + "its limit is below \(Figure.rate(notSustainedRate)), \(width) higher"
    }

    private var doubt: String {
        let cure = "quieten the machine, or lengthen the runs with --duration"
        guard rate != nil else { return "no rate held" }
        guard let intervalWidth, intervalWidth > tolerance else {
            return "runs at the same rate disagreed; \(cure)"
        }
        return "between the two, runs at the same rate disagreed, and the interval is wider than "
            + "\(Figure.percent(ofShare: tolerance)); \(cure)"
    }

    private static func told(_ tally: Tally) -> String {
        let all = tally.held + tally.failed
        return tally.held >= tally.failed
            ? "held in \(tally.held) of \(all) runs" : "failed in \(tally.failed) of \(all) runs"
    }
}
