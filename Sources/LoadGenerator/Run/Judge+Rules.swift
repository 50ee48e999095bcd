import Measurement

extension Verdict {
    /// What gives a run this verdict, as clauses after “a run is … if”, with the limits that the
    /// judge goes by. The machine's limits are `Disturbance.rules`.
    public var rules: [String] {
        switch self {
        case .valid: []
        case .invalid:
            [
                "acknowledged records were \(AuditFault.lost.rawValue), or records were "
                    + AuditFault.allCases.filter { $0 != .lost }.map(\.rawValue)
                    .joined(separator: " or "),
                "records were refused by the target, or none was acknowledged in the measured window",
                "consumers did not reach the end within drain.timeout",
                "a part of the run failed",
            ]
        case .generatorBound:
            [
                "the target took less than \(Self.percent(Judge.targetShareLimit)) of the producers' "
                    + "time, or an event loop of its clients was at work, or their sockets could take no "
                    + "more though the broker read, for more than "
                    + "\(Self.percent(Judge.loopShareLimit)) of it; where there is an offered rate, only if "
                    + "less than \(Self.percent(Judge.sentShareLimit)) of it was sent"
            ]
        case .suspect:
            [
                "less than \(Self.percent(Judge.sentShareLimit)) of the offered rate was sent, or "
                    + "records were due and never sent",
                "its rate had not settled, over at least \(Settling.minimumIntervals) intervals: a "
                    + "trend of more than \(Self.percent(Settling.trendTolerance)), at "
                    + "\(Int(Settling.trendSignificance)) or more standard deviations, or medians of "
                    + "the first and the last third that differ by more than "
                    + Self.percent(Settling.shiftTolerance),
                "connections to brokers were lost, leaders changed, or brokers throttled the clients",
                "acknowledgements of share groups were refused, or lost with their sessions, or a share group had "
                    + "members beside the run's",
                "accepted, acknowledged and readable records parted for good, by more than "
                    + "\(Self.percent(RecordFlow.tolerance)) of them and a second of the load, or, of "
                    + "readable ones, the time in which brokers tell of all partitions",
                "records arrived before they were due, since the clocks differ",
                "it was interrupted, or its drain was cut short",
                "the machine disturbed it",
            ]
        }
    }

    private static func percent(_ share: Double) -> String {
        "\(Int((share * 100).rounded())) %"
    }
}
