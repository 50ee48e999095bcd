// EndTxn, versions 0–3, flexible from 3.

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

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
    }
}
