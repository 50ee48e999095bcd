/// The row of `max_rate.csv`: the answer of a search for the highest rate.
public struct MaxRateRow: TableRow, Equatable {
    public static let fileName = "max_rate.csv"

    public var runID: String
    public var profile: String
    /// Nil where not even the lowest rate tried was sustained.
    public var rate: Double?
    public var notSustainedRate: Double?
    /// What the lowest rate above it failed by.
    public var limit: ProbeOutcome.Limit?
    /// Whether both rates were probed as often as they had to be.
    public var isConfirmed: Bool
    /// As written, joined by `; `.
    public var bounds: [String]
    /// What the closed loop reached, which bounds nothing and has no latency of use.
    public var closedLoopRate: Double?
    public var probes: Int

    public init(
        runID: String, profile: String, rate: Double?, notSustainedRate: Double?,
        limit: ProbeOutcome.Limit?, isConfirmed: Bool, bounds: [String], closedLoopRate: Double?,
        probes: Int
    ) {
        self.runID = runID
        self.profile = profile
        self.rate = rate
        self.notSustainedRate = notSustainedRate
        self.limit = limit
        self.isConfirmed = isConfirmed
        self.bounds = bounds
        self.closedLoopRate = closedLoopRate
        self.probes = probes
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
            "The lowest rate above it that was not; empty where none was found.", digits: 0
        ) { $0.notSustainedRate },
        .text("limit", "What kept that rate from being sustained.") { $0.limit?.description },
        .text(
            "is_confirmed",
            "`true` where most probes agree on both rates, two at least; else `false`."
        ) { $0.isConfirmed ? "true" : "false" },
        .text("bounds", "What had to hold, joined by `; `.") {
            $0.bounds.joined(separator: "; ")
        },
        .decimal(
            "closed_loop_rate_records_per_s",
            "Acknowledged with `rate: max`, without any bound.", digits: 0
        ) { $0.closedLoopRate },
        .integer("probes", "How many runs at an offered rate there were.") { $0.probes },
    ]

    /// What the search prints last.
    /// - Parameter resultsPath: the folder, for the last line.
    public func text(resultsPath: String) -> String {
        var lines: [String] = []
        if let rate {
            lines.append("\(profile) sustains \(Figure.rate(rate))")
        } else {
            lines.append("\(profile) sustains no rate that was tried")
        }
        if let notSustainedRate {
            let why = limit.map { ": \($0)" } ?? ""
            lines += SummaryReport.wrapped(
                "- \(Figure.rate(notSustainedRate)) is not sustained\(why)", indent: 2)
        } else {
            lines.append("  - every rate that was tried is sustained")
        }
        if limit == .generator {
            lines.append("  - so the target may sustain more than this")
        }
        if !isConfirmed {
            lines += SummaryReport.wrapped(
                "- not confirmed: runs at the same rate disagreed; quieten the machine, or "
                    + "lengthen the runs with --duration", indent: 2)
        }
        lines += SummaryReport.wrapped("Bounds: \(bounds.joined(separator: "; "))", indent: 0)
        let closed = closedLoopRate.map { ", \(Figure.rate($0)) in a closed loop" } ?? ""
        lines.append("\(probes) runs at offered rates\(closed)")
        return (lines + ["", "Results in \(resultsPath)"]).joined(separator: "\n") + "\n"
    }
}
