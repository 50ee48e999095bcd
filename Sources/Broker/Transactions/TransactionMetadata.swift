import RecordFormat

/// The state of a transactional id: Kafka's states, with their numbers on disk.
enum TransactionState: Int8, Sendable, CaseIterable {
    case empty = 0
    case ongoing = 1
    case prepareCommit = 2
    case prepareAbort = 3
    case completeCommit = 4
    case completeAbort = 5
    case dead = 6
    /// Written by no version of Kafka: there it is the state between fencing and PrepareAbort.
    case prepareEpochFence = 7

    /// It is decided how the transaction ends, and markers are being written.
    var isPreparing: Bool { self == .prepareCommit || self == .prepareAbort }

    /// Nothing is in progress.
    var isIdle: Bool { self == .empty || self == .completeCommit || self == .completeAbort }

    /// Kafka's name of it, as clients know it.
    var name: String {
        switch self {
        case .empty: "Empty"
        case .ongoing: "Ongoing"
        case .prepareCommit: "PrepareCommit"
        case .prepareAbort: "PrepareAbort"
        case .completeCommit: "CompleteCommit"
        case .completeAbort: "CompleteAbort"
        case .dead: "Dead"
        case .prepareEpochFence: "PrepareEpochFence"
        }
    }
}

/// The protocol that a client speaks for its transactions, with its level of `transaction.version`.
enum TransactionVersion: Int16, Sendable {
    /// Partitions are added before they are written to, and an epoch lasts for many transactions.
    case first = 0
    /// Writing adds a partition, and every end of a transaction raises the epoch (KIP-890).
    case second = 2

    /// That of a record. Level 1 changes only the format of records.
    init(level: Int16) { self = level >= Self.second.rawValue ? .second : .first }
}

/// The identity of a producer: of two with the same id the one with the higher epoch is the current
/// one.
struct ProducerIdentity: Hashable, Sendable {
    var id: ProducerID
    var epoch: ProducerEpoch

    static let none = ProducerIdentity(id: .none, epoch: .none)

    /// So high that a fence can still be one higher, and no producer gets it.
    static func isExhausted(_ epoch: ProducerEpoch) -> Bool { epoch >= lastEpoch }

    /// The highest epoch that a producer gets.
    static let lastEpoch = ProducerEpoch(Int16.max - 1)
}

/// All that is known of a transactional id, in the form in which it is written.
struct TransactionMetadata: Sendable, Equatable {
    var producer: ProducerIdentity
    /// The earlier identity, where the producer itself asked for another one or ended a transaction
    /// of the second version. Its epoch is kept while the broker runs: the format on disk has no
    /// field for it.
    var lastProducer = ProducerIdentity.none
    /// The id that the producer goes on with when the transaction is over, because its epochs are
    /// used up; none otherwise.
    var nextProducerID = ProducerID.none
    /// As the client spoke that last added a partition or ended a transaction.
    var clientVersion = TransactionVersion.first
    /// How long a transaction may take, in milliseconds.
    var timeoutMs: Int32
    var state = TransactionState.empty
    var partitions: Set<TopicPartition> = []
    /// When the transaction began and when anything last changed: milliseconds since 1970, −1 for
    /// never.
    var startMs: Int64 = -1
    var lastUpdateMs: Int64

    /// The identity for the next transaction, once it is decided how this one ends.
    var producerAfterEnd: ProducerIdentity {
        nextProducerID == .none
            ? producer : ProducerIdentity(id: nextProducerID, epoch: ProducerEpoch(0))
    }
}
