import Measurement
import RecordFormat

/// Records that a share group has given to one of its members.
public struct GivenRecords: Sendable {
    public var offsets: OffsetRanges.Range
    /// How often they were given to the group, as the broker says; 1 for the first time.
    public var deliveryCount: Int

    public init(offsets: OffsetRanges.Range, deliveryCount: Int) {
        self.offsets = offsets
        self.deliveryCount = deliveryCount
    }
}

/// One share group's audit of one partition, which several members read at a time, each some of its records, and
/// in no order.
///
/// Thread contract: safe from any thread.
final class SharedAudit: Sendable {
    private struct State {
        var audit: PartitionAudit
        /// What members have got.
        var delivered = OffsetRanges()
    }

    /// With more ranges of what was delivered, those before the group's start offset become one.
    private static let mostHoles = 1_024

    let partition: Int
    private let state: CheckedMutex<State>

    init(_ audit: PartitionAudit) {
        partition = audit.partition
        state = CheckedMutex(State(audit: audit))
    }

    /// Notes that a member has these.
    ///
    /// - Returns: those that nobody had before, and those that somebody had.
    func claim(_ given: [GivenRecords]) -> (new: OffsetRanges, again: OffsetRanges) {
        // Brokers may name each offset by itself.
        let all = OffsetRanges(given.lazy.map(\.offsets))
        return state.withLock { state in
            for one in given { state.audit.note(deliveryCount: one.deliveryCount) }
            var (new, again) = (OffsetRanges(), OffsetRanges())
            for range in all.ranges {
                for part in state.delivered.missing(in: range) { new.insert(part) }
                for part in state.delivered.intersection(range) { again.insert(part) }
                state.delivered.insert(range)
            }
            return (new, again)
        }
    }

    /// Takes up that the group's start offset is this one.
    ///
    /// - Returns: the index in the ledger of the first entry of which records may still come.
    func follow(start: Offset) -> Int {
        state.withLock { state in
            // Markers of transactions, and what compaction removed, leave holes that nobody is given.
            if start > .zero, state.delivered.ranges.count > Self.mostHoles {
                state.delivered.insert(.zero...start.advanced(by: -1))
            }
            state.audit.follow(start: start)
            return state.audit.neededEntry
        }
    }

    /// Checks the decoded records of a part of a batch, and gives `visited` their intended times.
    ///
    /// - Parameters:
    ///   - offsets: the part, which was claimed and is new.
    ///   - unread: how many of its records could not be decoded.
    func observe(
        _ visited: inout VisitedRecords, _ offsets: OffsetRanges, unread: UInt64,
        of header: RecordBatchHeader, reader: inout LedgerReader
    ) throws(TargetError) {
        // Typed by hand: the mutex takes a body with any error.
        var failure: TargetError?
        state.withLock { state in
            state.audit.addCorrupt(
                unread, from: offsets.ranges.first?.lowerBound ?? header.baseOffset)
            do throws(TargetError) {
                try state.audit.observe(
                    &visited, of: header, covering: offsets.count, reader: &reader)
            } catch {
                failure = error
            }
            state.audit.letGo()
        }
        if let failure { throw failure }
    }

    /// Records came that some member had got before.
    func addRedelivered(_ count: Int) {
        state.withLock { $0.audit.addRedelivered(count) }
    }

    /// After the run.
    var audit: PartitionAudit { state.withLock { $0.audit } }
}
