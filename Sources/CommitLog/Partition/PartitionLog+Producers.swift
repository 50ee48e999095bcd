public import RecordFormat

/// A producer as a partition remembers it.
public struct ActiveProducer: Hashable, Sendable {
    public var producerID: ProducerID
    public var producerEpoch: ProducerEpoch
    /// −1 where it has no records of this epoch.
    public var lastSequence: Int32
    /// Milliseconds since 1970.
    public var lastTimestamp: Int64
    /// That of the coordinator that wrote the last marker; −1 where there was none.
    public var coordinatorEpoch: Int32
    /// Where its open transaction begins; nil outside of one.
    public var transactionFirstOffset: Offset?
}

extension PartitionLog {
    /// The producers that the partition remembers, by their ids.
    public var activeProducers: [ActiveProducer] {
        let producers = appender.withLock { $0.producers.producers }
        return producers.map { id, producer in
            ActiveProducer(
                producerID: id, producerEpoch: producer.epoch, lastSequence: producer.lastSequence,
                lastTimestamp: producer.lastTimestamp, coordinatorEpoch: producer.coordinatorEpoch,
                transactionFirstOffset: producer.currentTransactionFirstOffset)
        }.sorted { $0.producerID < $1.producerID }
    }
}
