/// How many records the generator has accepted, how many of them are settled, and how many can be read,
/// since the measured window began. Where the three part for good, a rate of the one is not a rate of
/// the other: a client's buffer is no throughput.
struct RecordFlow {
    /// They part if this share of the records is between two of them, and more than what comes in
    /// a second, or until the brokers have told of all partitions again. Less than that is on its way.
    static let tolerance = 0.01

    private var accepted: UInt64 = 0
    private var settled: UInt64 = 0
    private var acked: UInt64 = 0
    /// Records a second, of the interval with the most.
    private var largestRate = 0.0
    private var waitingSince: Int64?
    private var unreadableSince: Int64?

    /// Adds an interval.
    ///
    /// - Parameters:
    ///   - readable: records that can be read since the window's start; nil where nobody tells.
    ///   - ageNanos: how old that may be.
    ///   - start: when the interval began, from the window's start.
    ///   - isSending: whether producers still took records.
    mutating func add(
        _ tally: ProducerTally, readable: UInt64?, ageNanos: Int64 = 0, start: Int64,
        length: Int64, isSending: Bool
    ) {
        accepted += tally.sentRecords
        acked += tally.ackedRecords
        settled += tally.ackedRecords + tally.failedRecords + tally.inDoubtRecords
        largestRate = max(
            largestRate, Double(tally.sentRecords) / max(Double(length) / 1e9, 1e-3))
        func parts(_ more: UInt64, _ less: UInt64, within seconds: Double = 1) -> Bool {
            guard more > less else { return false }
            let between = Double(more - less)
            return between > Double(more) * Self.tolerance
                && between > largestRate * seconds
        }
        if isSending {
            waitingSince =
                parts(accepted, settled) ? waitingSince ?? start : nil
        }
        if let readable {
            unreadableSince =
                parts(acked, readable, within: max(1, Double(ageNanos) / 1e9))
                ? unreadableSince ?? start : nil
        }
    }

    /// Clauses for the verdict; empty if the three agree.
    var reasons: [String] {
        var reasons: [String] = []
        if let waitingSince {
            reasons.append(
                "from \(RunPlan.seconds(waitingSince)) on the generator had accepted more than "
                    + "1 % more records than were acknowledged: they waited in the client")
        }
        if let unreadableSince {
            reasons.append(
                "from \(RunPlan.seconds(unreadableSince)) on more than 1 % of the acknowledged records "
                    + "could not be read")
        }
        return reasons
    }
}
