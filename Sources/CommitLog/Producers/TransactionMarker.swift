public import RecordFormat

/// The end of a producer's transaction in one partition: what its coordinator has appended as a
/// control batch.
public struct TransactionMarker: Hashable, Sendable {
    public var producerID: ProducerID
    public var producerEpoch: ProducerEpoch
    public var isCommit: Bool
    /// An older coordinator than the one that wrote the producer's last marker is fenced.
    public var coordinatorEpoch: Int32

    public init(
        producerID: ProducerID, producerEpoch: ProducerEpoch, isCommit: Bool,
        coordinatorEpoch: Int32
    ) {
        self.producerID = producerID
        self.producerEpoch = producerEpoch
        self.isCommit = isCommit
        self.coordinatorEpoch = coordinatorEpoch
    }

    var controlRecord: ControlRecord {
        ControlRecord(kind: isCommit ? .commit : .abort, coordinatorEpoch: coordinatorEpoch)
    }

    /// Enough for the header and the one record.
    private static let batchByteCount = 128

    /// The control batch, sealed, as Kafka writes it: one record, transactional, without a
    /// sequence.
    func batch(timestamp: Int64) throws(RecordFormatError) -> [UInt8] {
        var builder = try RecordBatchBuilder(batchSize: Self.batchByteCount)
        let record = controlRecord
        let isAppended = builder.append(
            timestamp: timestamp, key: record.keyBytes, value: record.valueBytes)
        precondition(isAppended, "an empty batch takes a marker")
        try builder.seal(
            producerID: producerID, producerEpoch: producerEpoch, isTransactional: true,
            isControl: true)
        return unsafe Array(builder.sealedBytes)
    }
}

extension ControlRecord {
    /// The marker that a control batch holds. The checksum is not verified.
    init(batch: RawSpan, header: RecordBatchHeader) throws(RecordFormatError) {
        var reader = RecordBatchReader()
        self = try reader.withRecords(of: batch, header: header, verifyChecksum: false) {
            (records) throws(RecordFormatError) in
            guard let record = try records.next() else { throw .invalidControlRecord }
            return try ControlRecord(record, in: records.bytes)
        }
    }
}
