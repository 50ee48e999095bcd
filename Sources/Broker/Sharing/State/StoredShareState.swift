import RecordFormat

/// What `__share_group_state` says of one share partition, as far as it was read.
struct StoredShareState: Sendable, Equatable {
    /// Nil where Kafka has written that the group has not begun to read.
    var state: SharePartitionState?
    var epoch: Int32
    var snapshotEpoch: Int32
    var leaderEpoch: LeaderEpoch
    var createdMs: Int64
    /// When the snapshot was written.
    var snapshotMs: Int64
    /// How many updates there were since the snapshot.
    var updateCount = 0
    /// Where the snapshot is.
    var snapshotOffset: Offset

    /// Nil where the snapshot says what nobody can have written.
    init?(_ value: ShareSnapshotValue, at offset: Offset) {
        epoch = value.stateEpoch
        snapshotEpoch = value.snapshotEpoch
        leaderEpoch = value.leaderEpoch
        createdMs = value.createTimestamp
        snapshotMs = value.writeTimestamp
        snapshotOffset = offset
        guard value.startOffset >= 0 else { return }
        var read = SharePartitionState(start: value.startOffset, epoch: value.stateEpoch)
        guard let changes = Self.changes(value.stateBatches),
            read.restore(start: nil, changes)
        else { return nil }
        state = read
    }

    /// False where the update says what nobody can have written.
    mutating func apply(_ value: ShareUpdateValue) -> Bool {
        guard let changes = Self.changes(value.stateBatches) else { return false }
        let start = value.startOffset < 0 ? nil : value.startOffset
        // Kafka writes no start offset before the group begins to read.
        var read = state
        if read == nil, let start { read = SharePartitionState(start: start, epoch: epoch) }
        guard read?.restore(start: start, changes) ?? changes.isEmpty else { return false }
        state = read
        leaderEpoch = value.leaderEpoch
        updateCount += 1
        return true
    }

    private static func changes(_ batches: [ShareStateBatch]) -> [DeliveryChange]? {
        var changes: [DeliveryChange] = []
        changes.reserveCapacity(batches.count)
        for batch in batches {
            guard let change = batch.change else { return nil }
            changes.append(change)
        }
        return changes
    }
}
