// AddOffsetsToTxn, versions 0–4, flexible from 3. Version 4 may answer TRANSACTION_ABORTABLE
// (KIP-890).

import RecordFormat

/// Says that a transaction will commit offsets of a group.
public struct AddOffsetsToTxnRequest: Request {
    public typealias Response = AddOffsetsToTxnResponse
    public static var apiKey: ApiKey { .addOffsetsToTxn }

    public var transactionalID = ""
    public var producerID = ProducerID.none
    public var producerEpoch = ProducerEpoch.none
    public var groupID = ""

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TransactionalId", &transactionalID)
        try wire.field("ProducerId", &producerID)
        try wire.field("ProducerEpoch", &producerEpoch)
        try wire.field("GroupId", &groupID)
    }
}

/// Whether the group's partition of `__consumer_offsets` was added.
public struct AddOffsetsToTxnResponse: Response {
    public static var apiKey: ApiKey { .addOffsetsToTxn }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
    }
}
