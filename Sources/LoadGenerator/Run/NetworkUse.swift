/// What the generator did on the network, from the measured window's start on.
public struct NetworkUse: Sendable {
    public var counts: NetworkCounts
    /// The share of the time in which the busiest event loop was at work, until the sending ended.
    public var busiestLoopShare: Double?
    /// Of the loops that send.
    public var busiestSendingLoopShare: Double?
    /// In the order of their ids; without what they acknowledged.
    public var brokers: [BrokerUse] = []
    /// Those of intervals in which records were sent; their times count from the window's start.
    public var events: [NetworkEvent]
    /// By how much the ends of the logs moved, as the brokers told them.
    public var readableRecords: UInt64

    /// Clauses for the verdict, one for each kind of event.
    var reasons: [String] {
        NetworkEvent.Kind.allCases.compactMap { kind in
            let own = events.filter { $0.kind == kind }
            guard let first = own.first else { return nil }
            let count = own.reduce(0) { $0 + $1.count }
            let rest = own.count > 1 ? ", the first" : ""
            return
                "\(Self.words(kind, count))\(rest) between \(RunPlan.seconds(first.nanos.lowerBound)) "
                + "and \(RunPlan.seconds(first.nanos.upperBound))"
        }
    }

    private static func words(_ kind: NetworkEvent.Kind, _ count: UInt64) -> String {
        switch kind {
        case .lostConnection:
            count == 1
                ? "a connection to a broker was lost" : "\(count) connections to brokers were lost"
        case .leaderChange:
            count == 1 ? "a partition changed its leader" : "leaders changed \(count) times"
        case .partitionMove:
            count == 1
                ? "a partition moved between members of a group"
                : "\(count) partitions moved between members of groups"
        case .throttle:
            "brokers throttled the clients \(count == 1 ? "once" : "\(count) times")"
        }
    }
}
