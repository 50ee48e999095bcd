import KafkaProtocol
import RecordFormat

// TransactionLog in `__transaction_state`: key version 0; value version 0, and 1 (flexible) where
// there is something that only its tagged fields tell (KIP-890).

/// The key of a transactional id's state.
struct TransactionLogKey: FieldSet {
    static let version: Int16 = 0

    var transactionalID = ""

    init() {}

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TransactionalId", &transactionalID)
    }
}

/// The state of a transactional id.
struct TransactionLogValue: FieldSet {
    static let readVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = 1

    var producerID = ProducerID.none
    var producerEpoch = ProducerEpoch.none
    var timeoutMs: Int32 = 0
    var status: Int8 = 0
    /// Null in state Empty.
    var partitions: [Topic]?
    var lastUpdateMs: Int64 = -1
    var startMs: Int64 = -1
    /// That of the producer before its epochs were used up.
    var previousProducerID: Int64?
    var nextProducerID: Int64?
    var clientTransactionVersion: Int16?

    init() {}

    /// The version that it must be written in.
    var version: Int16 {
        previousProducerID == nil && nextProducerID == nil && clientTransactionVersion == nil
            ? 0 : Self.firstFlexibleVersion
    }

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ProducerId", &producerID)
        try wire.field("ProducerEpoch", &producerEpoch)
        try wire.field("TransactionTimeoutMs", &timeoutMs)
        try wire.field("TransactionStatus", &status)
        try wire.field("TransactionPartitions", &partitions)
        try wire.field("TransactionLastUpdateTimestampMs", &lastUpdateMs)
        try wire.field("TransactionStartTimestampMs", &startMs)
        let tags = Self.firstFlexibleVersion
        try wire.tagged(0, "PreviousProducerId", &previousProducerID, from: tags)
        try wire.tagged(1, "NextProducerId", &nextProducerID, from: tags)
        try wire.tagged(2, "ClientTransactionVersion", &clientTransactionVersion, from: tags)
    }

    struct Topic: FieldSet {
        var topic = ""
        var partitionIDs: [Int32] = []

        init() {}

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Topic", &topic)
            try wire.field("PartitionIds", &partitionIDs)
        }
    }
}

extension TransactionMetadata {
    init?(_ value: TransactionLogValue) {
        guard let state = TransactionState(rawValue: value.status), value.producerID.rawValue >= 0,
            value.producerEpoch.rawValue >= 0
        else { return nil }
        producer = ProducerIdentity(id: value.producerID, epoch: value.producerEpoch)
        timeoutMs = value.timeoutMs
        self.state = state
        for topic in value.partitions ?? [] {
            for partition in topic.partitionIDs {
                partitions.insert(TopicPartition(topic: topic.topic, partition: partition))
            }
        }
        startMs = value.startMs
        lastUpdateMs = value.lastUpdateMs
        if let previous = value.previousProducerID { lastProducer.id = ProducerID(previous) }
        if let next = value.nextProducerID { nextProducerID = ProducerID(next) }
        clientVersion = TransactionVersion(level: value.clientTransactionVersion ?? 0)
    }

    var logValue: TransactionLogValue {
        var value = TransactionLogValue()
        value.producerID = producer.id
        value.producerEpoch = producer.epoch
        value.timeoutMs = timeoutMs
        value.status = state.rawValue
        if state != .empty {
            let byTopic = Dictionary(grouping: partitions, by: \.topic)
            value.partitions = byTopic.sorted { $0.key < $1.key }.map { name, partitions in
                var topic = TransactionLogValue.Topic()
                topic.topic = name
                topic.partitionIDs = partitions.map(\.partition).sorted()
                return topic
            }
        }
        value.lastUpdateMs = lastUpdateMs
        value.startMs = startMs
        if lastProducer.id != producer.id, lastProducer.id != .none {
            value.previousProducerID = lastProducer.id.rawValue
        }
        if nextProducerID != .none { value.nextProducerID = nextProducerID.rawValue }
        if clientVersion != .first { value.clientTransactionVersion = clientVersion.rawValue }
        return value
    }
}

/// One record of `__transaction_state`.
///
///     key:   version i16 | TransactionLogKey
///     value: version i16 | TransactionLogValue, or null where the id has expired
struct TransactionStateRecord: InternalTopicRecord, Sendable, Equatable {
    var transactionalID: String
    /// Nil for a tombstone, which is what Dead is written as.
    var metadata: TransactionMetadata?

    init(_ transactionalID: String, _ metadata: TransactionMetadata) {
        self.transactionalID = transactionalID
        self.metadata = metadata.state == .dead ? nil : metadata
    }

    func encoded() throws(ProtocolError) -> (key: [UInt8], value: [UInt8]?) {
        var fields = TransactionLogKey()
        fields.transactionalID = transactionalID
        let key = try VersionedFields.encode(fields, TransactionLogKey.version)
        guard let metadata else { return (key, nil) }
        let value = metadata.logValue
        let version = value.version
        return (
            key,
            try VersionedFields.encode(
                value, version, isFlexible: version >= TransactionLogValue.firstFlexibleVersion)
        )
    }

    /// Reads a record; nil where it is of a version that is not known. Throws where the bytes are
    /// not what they say they are.
    init?(key: RawSpan, value: RawSpan?) throws(ProtocolError) {
        guard
            try VersionedFields.version(of: key, in: Self.self) == TransactionLogKey.version
        else { return nil }
        transactionalID = try VersionedFields.decode(TransactionLogKey.self, key).transactionalID
        guard let value else { return }
        let version = try VersionedFields.version(of: value, in: Self.self)
        guard TransactionLogValue.readVersions.contains(version) else { return nil }
        let fields = try VersionedFields.decode(
            TransactionLogValue.self, value,
            firstFlexible: TransactionLogValue.firstFlexibleVersion)
        guard let metadata = TransactionMetadata(fields) else { return nil }
        self.metadata = metadata
    }
}
