public import RecordFormat

/// Why a batch was not appended. Nothing of it is in the log, and the log is as it was.
public enum AppendError: Error, Equatable, Sendable {
    /// The batch breaks a rule that no producer may break.
    case invalidRecord(InvalidRecordReason)
    /// Records of the batch break rules of the topic.
    case refusedRecords(RefusedRecords)
    /// The bytes are not one batch, or the checksum is wrong.
    case corruptMessage(RecordFormatError)
    /// The batch is larger than `max.message.bytes`.
    case messageTooLarge(byteCount: Int, limit: Int64)
    /// The records of the batch are larger than this once decompressed.
    case recordsTooLarge(limit: Int)
    /// The records of the batch are larger, once decompressed, than what is left of the caller's
    /// `DecodeAllowance`.
    case beyondAllowance(byteCount: Int)
    /// The batch is larger than `segment.bytes`.
    case recordListTooLarge(byteCount: Int, limit: Int64)
    /// The timestamp is further from now than the configuration allows.
    case invalidTimestamp(Int64, nowMs: Int64)
    /// A client's batch claims the time of its append, which only the log sets.
    case logAppendTimeFromClient
    case invalidProducerEpoch(
        producerID: ProducerID, current: ProducerEpoch, received: ProducerEpoch)
    case outOfOrderSequence(producerID: ProducerID, expected: Int32, received: Int32)
    /// A batch without a transaction while the producer has one open, or of one that it has not begun.
    case invalidTransactionState(producerID: ProducerID)
    /// A newer coordinator has ended a transaction of this producer before.
    case coordinatorFenced(producerID: ProducerID, current: Int32, received: Int32)
    /// The log could not take it: no space, an I/O error, closed.
    case log(LogError)

    public enum InvalidRecordReason: Equatable, Sendable {
        case byteCountMismatch(batch: Int, buffer: Int)
        case baseOffsetNotZero(Int64)
        case recordCountMismatch(count: Int32, lastOffsetDelta: Int32)
        case controlBatchFromClient
        case sequenceMissing(producerID: ProducerID)
        /// A control batch that holds no marker.
        case notAMarker
        /// The records do not decompress, though the checksum is right.
        case notDecodable(RecordFormatError)
        case malformedRecord(recordIndex: Int, RecordFormatError)

        /// Which record of the batch it is, from 0; nil where it is not one alone.
        public var recordIndex: Int? {
            switch self {
            case .malformedRecord(let index, _): index
            case .byteCountMismatch, .baseOffsetNotZero, .recordCountMismatch,
                .controlBatchFromClient, .sequenceMissing, .notAMarker, .notDecodable:
                nil
            }
        }
    }
}

extension AppendError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidRecord(let reason): "Invalid record batch: \(reason)."
        case .refusedRecords(let refused): "Invalid record batch: \(refused)."
        case .corruptMessage(let error): "Corrupt record batch: \(error)."
        case .messageTooLarge(let byteCount, let limit):
            "The batch has \(byteCount) bytes; max.message.bytes is \(limit)."
        case .recordsTooLarge(let limit):
            "The records have more than \(limit) bytes once decompressed, which "
                + "\(LogConfig.maxDecompressedKey) does not allow."
        case .beyondAllowance(let byteCount):
            "The records have more than the \(byteCount) bytes, once decompressed, that are left for "
                + "the batches of this request."
        case .recordListTooLarge(let byteCount, let limit):
            "The batch has \(byteCount) bytes; segment.bytes is \(limit)."
        case .invalidTimestamp(let timestamp, let nowMs):
            "Timestamp \(timestamp) is too far from now, \(nowMs)."
        case .logAppendTimeFromClient: "Only the log may set LogAppendTime."
        case .invalidProducerEpoch(let producerID, let current, let received):
            "Producer \(producerID) is at epoch \(current); the batch has \(received)."
        case .outOfOrderSequence(let producerID, let expected, let received):
            "Producer \(producerID) must go on with sequence \(expected), not \(received)."
        case .invalidTransactionState(let producerID):
            "The batch does not belong to the transaction that producer \(producerID) has open, if any."
        case .coordinatorFenced(let producerID, let current, let received):
            "The last marker of producer \(producerID) is of coordinator epoch \(current), "
                + "not \(received)."
        case .log(let error): error.description
        }
    }
}

extension AppendError.InvalidRecordReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .byteCountMismatch(let batch, let buffer):
            "it claims \(batch) bytes of the \(buffer) given"
        case .baseOffsetNotZero(let offset): "its base offset is \(offset), not 0"
        case .recordCountMismatch(let count, let delta):
            "it counts \(count) records but its last offset delta is \(delta)"
        case .controlBatchFromClient: "clients do not write control batches"
        case .sequenceMissing(let producerID): "producer \(producerID) gave no sequence"
        case .notAMarker: "the control batch holds no marker"
        case .notDecodable(let error): "its records cannot be decoded: \(error)"
        case .malformedRecord(let index, let error): "record \(index) is malformed: \(error)"
        }
    }
}
