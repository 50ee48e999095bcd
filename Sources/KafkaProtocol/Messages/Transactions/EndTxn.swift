// EndTxn, versions 0–5, flexible from 3. With version 5 every end raises the epoch, which the answer
// has (KIP-890).

import RecordFormat

/// Commits or aborts a transaction.
public struct EndTxnRequest: Request {
    public typealias Response = EndTxnResponse
    public static var apiKey: ApiKey { .endTxn }

    public var transactionalID = ""
    public var producerID = ProducerID.none
    public var producerEpoch = ProducerEpoch.none
    public var committed = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TransactionalId", &transactionalID)
        try wire.field("ProducerId", &producerID)
        try wire.field("ProducerEpoch", &producerEpoch)
        try wire.field("Committed", &committed)
    }
}

/// Whether the decision was stored.
public struct EndTxnResponse: Response {
    public static var apiKey: ApiKey { .endTxn }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    /// The identity for the next transaction, from version 5 on; −1 where there is an error.
    public var producerID = ProducerID.none
    public var producerEpoch = ProducerEpoch.none

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ProducerId", &producerID, from: 5)
        try wire.field("ProducerEpoch", &producerEpoch, from: 5)
    }
}
