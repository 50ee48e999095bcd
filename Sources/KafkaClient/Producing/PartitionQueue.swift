import DequeModule
import NIOCore

/// The batches of one partition that are not done: those that wait, and those on the wire.
///
/// An idempotent producer numbers batches when it sends them first. What is sent again goes first, in
/// order, and one at a time: a later one could not be appended. After a gap, which no retry can fill,
/// the numbering starts again under the next epoch; before that, batches that may be in the log are
/// sent once more under their old numbers, because the broker then says whether it has them.
struct PartitionQueue {
    /// A broker remembers so many batches of a producer in a partition. What is older it could neither
    /// recognise nor append.
    static let rememberedBatchCount = 5

    /// In the order of their ids.
    private(set) var waiting = Deque<PendingBatch>()
    private(set) var onWire: [PendingBatch] = []
    /// The identity that the partition's numbers belong to; nil before the first batch and where the
    /// numbering starts again.
    private(set) var identity: ProducerIdentity?
    private(set) var nextSequence: Int32 = 0
    private var nextOrdinal = 0
    /// The numbering has a gap.
    private(set) var mustRestart = false

    private let isIdempotent: Bool
    /// With one request in flight order is kept by waiting for it.
    private let keepsOrderByWaiting: Bool

    init(isIdempotent: Bool, keepsOrderByWaiting: Bool) {
        self.isIdempotent = isIdempotent
        self.keepsOrderByWaiting = keepsOrderByWaiting
    }

    /// An empty queue goes on with the numbers that the partition has come to. `identity` is nil where it has
    /// none.
    mutating func resume(at sequence: Int32, under identity: ProducerIdentity?) {
        self.identity = identity
        nextSequence = sequence
    }

    var isEmpty: Bool { waiting.isEmpty && onWire.isEmpty }

    mutating func append(_ batch: PendingBatch) { waiting.append(batch) }

    /// The batch to send now, if there is one; `current` is the producer's identity.
    func next(now: NIODeadline, current: ProducerIdentity?) -> PendingBatch? {
        guard let batch = candidate(current: current), batch.mayBeSent(now: now) else { return nil }
        return batch
    }

    private func candidate(current: ProducerIdentity?) -> PendingBatch? {
        guard let head = waiting.first else { return nil }
        guard isIdempotent else { return keepsOrderByWaiting && !onWire.isEmpty ? nil : head }
        if mustRestart { return onWire.isEmpty ? firstNumberedDoubt : nil }
        if head.sequence != nil { return onWire.allSatisfy { $0.id > head.id } ? head : nil }
        guard let current, hasRoomForNumber else { return nil }
        return identity == nil || identity == current || onWire.isEmpty ? head : nil
    }

    /// Whether the broker, once it has one more batch, still remembers the oldest that is not done.
    private var hasRoomForNumber: Bool {
        // Numbered batches that wait stand before all others, so none waits here.
        guard let oldest = onWire.lazy.compactMap(\.ordinal).min() else { return true }
        return nextOrdinal - oldest < Self.rememberedBatchCount
    }

    /// A batch that may be in the log under its number.
    private var firstNumberedDoubt: PendingBatch? {
        waiting.first { $0.isDoubtful && $0.sequence != nil }
    }

    /// Whether nothing stands in the way of new numbers any more.
    var canRestart: Bool { mustRestart && onWire.isEmpty && firstNumberedDoubt == nil }

    /// All batches get new numbers, from 0, under an identity that the partition has not had.
    mutating func restart() {
        mustRestart = false
        identity = nil
        for index in waiting.indices { waiting[index].sequence = nil }
    }

    /// The numbering has a gap, or nobody knows its identity.
    mutating func requireRestart() { mustRestart = true }

    /// Puts the batch that `next` has named on the wire, with a number if it has none.
    mutating func take(_ id: PendingBatch.ID, current: ProducerIdentity?) -> PendingBatch {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else {
            preconditionFailure("the batch that is taken waits")
        }
        var batch = waiting.remove(at: index)
        if isIdempotent, batch.sequence == nil, let current {
            if identity != current { nextSequence = 0 }
            identity = current
            batch.sequence = BatchSequence(identity: current, base: nextSequence)
            nextSequence = BatchSequence.next(after: nextSequence, count: batch.recordCount)
            batch.ordinal = nextOrdinal
            nextOrdinal += 1
        }
        batch.attempts += 1
        onWire.append(batch)
        return batch
    }

    /// The batch is not on the wire any more.
    mutating func land(_ id: PendingBatch.ID) -> PendingBatch? {
        guard let index = onWire.firstIndex(where: { $0.id == id }) else { return nil }
        return onWire.remove(at: index)
    }

    /// Whether all batches before this one are done.
    func isFirst(_ id: PendingBatch.ID) -> Bool {
        onWire.allSatisfy { $0.id > id } && waiting.allSatisfy { $0.id > id }
    }

    /// The batch is to be sent again, before all later ones.
    mutating func putBack(_ batch: PendingBatch) {
        let index = waiting.firstIndex { $0.id > batch.id } ?? waiting.endIndex
        waiting.insert(batch, at: index)
    }

    /// The batch is given up though it has a number: what follows cannot be appended under its own.
    mutating func leaveGap(after batch: PendingBatch) {
        if isIdempotent, batch.sequence != nil, batch.sequence?.identity == identity {
            requireRestart()
        }
    }

    /// The batches that wait and are too late.
    mutating func takeExpired(now: NIODeadline) -> [PendingBatch] {
        var expired: [PendingBatch] = []
        while let head = waiting.first, head.isExpired(now: now) {
            waiting.removeFirst()
            leaveGap(after: head)
            expired.append(head)
        }
        return expired
    }

    mutating func takeAllWaiting() -> [PendingBatch] {
        defer { waiting.removeAll() }
        return Array(waiting)
    }

    /// When something may follow from time alone.
    func nextDeadline(now: NIODeadline) -> NIODeadline? {
        guard let head = waiting.first else { return nil }
        guard let notBefore = head.notBefore, notBefore > now else { return head.deadline }
        return min(notBefore, head.deadline)
    }
}
