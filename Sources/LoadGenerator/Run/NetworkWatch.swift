/// Follows the network through a run, an interval at a time.
///
/// Thread contract: belongs to the run's thread.
struct NetworkWatch {
    struct Interval {
        var counts: NetworkCounts
        var loopBusyPercent: Double?
        var readableRecords: UInt64
    }

    private let windowStart: Int64
    /// When the measured window began.
    private var base: NetworkReading?
    private var last: NetworkReading?
    /// At the end of the last interval with sending.
    private var lastSending: NetworkReading?
    private var events: [NetworkEvent] = []

    /// - Parameter first: nil without a network.
    init(windowStart: Int64, first: NetworkReading?) {
        self.windowStart = windowStart
        last = first
    }

    /// The measured window begins with what was read last.
    mutating func beginMeasuring() { base = base ?? last }

    /// Ends an interval.
    mutating func add(_ reading: NetworkReading?, from start: Int64, to end: Int64, isSending: Bool)
        -> Interval?
    {
        guard let reading, let last else { return nil }
        defer { self.last = reading }
        let counts = reading.counts - last.counts
        if base != nil, isSending {
            lastSending = reading
            events += counts.events(
                in: (start - windowStart)..<max(end - windowStart, start - windowStart + 1))
        }
        return Interval(
            counts: counts, loopBusyPercent: reading.busiestLoopShare(since: last).map { $0 * 100 },
            readableRecords: UInt64(max(reading.readableEnd - last.readableEnd, 0)))
    }

    /// By how much the ends of the logs have moved since the window's start.
    var readableRecords: UInt64? {
        guard let base, let last else { return nil }
        return UInt64(max(last.readableEnd - base.readableEnd, 0))
    }

    /// How old that may be.
    var readableAgeNanos: Int64 { last?.readableAgeNanos ?? 0 }

    var use: NetworkUse? {
        guard let base, let last else { return nil }
        return NetworkUse(
            counts: last.counts - base.counts,
            busiestLoopShare: lastSending.flatMap { $0.busiestLoopShare(since: base) },
            busiestSendingLoopShare: lastSending.flatMap {
                $0.busiestLoopShare(since: base, onlySending: true)
            },
            brokers: brokers(since: base, until: last),
            events: events, readableRecords: readableRecords ?? 0)
    }

    private func brokers(since base: NetworkReading, until last: NetworkReading) -> [BrokerUse] {
        let none = BrokerTraffic()
        return last.brokers.sorted { $0.key < $1.key }.map { node, traffic in
            let sending = lastSending.flatMap { end -> Double? in
                // The time of a connection that was lost cannot be told from that of the one after it.
                guard let until = end.brokers[node],
                    end.counts.lostConnections == base.counts.lostConnections
                else { return nil }
                let full = (until - (base.brokers[node] ?? none)).fullNanos
                let time = (end.nanos - base.nanos) * Int64(until.openConnections)
                return time > 0 ? min(Double(full) / Double(time), 1) : nil
            }
            return BrokerUse(
                nodeID: node, traffic: traffic - (base.brokers[node] ?? none), fullShare: sending)
        }
    }
}
