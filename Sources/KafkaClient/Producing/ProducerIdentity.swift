import RecordFormat

/// The id and epoch under which a producer's batches are numbered.
public struct ProducerIdentity: Hashable, Sendable {
    public var id: ProducerID
    public var epoch: ProducerEpoch

    public init(id: ProducerID, epoch: ProducerEpoch) {
        self.id = id
        self.epoch = epoch
    }

    /// The identity whose sequences start at 0 again; nil where the epochs of this id are used up.
    /// A producer without transactions raises its epoch itself (KIP-360).
    var withNextEpoch: ProducerIdentity? {
        guard epoch.rawValue < Int16.max else { return nil }
        return ProducerIdentity(id: id, epoch: ProducerEpoch(epoch.rawValue + 1))
    }
}

/// The place of a batch among those of its producer in a partition.
public struct BatchSequence: Hashable, Sendable {
    public var identity: ProducerIdentity
    /// The sequence of the first record.
    public var base: Int32

    public init(identity: ProducerIdentity, base: Int32) {
        self.identity = identity
        self.base = base
    }

    /// The sequence after `count` records; sequences wrap from `Int32.max` to 0.
    static func next(after base: Int32, count: Int32) -> Int32 {
        Int32(truncatingIfNeeded: (Int64(base) + Int64(count)) & Int64(Int32.max))
    }
}
