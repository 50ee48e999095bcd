// InitProducerId, versions 0–4, flexible from 2.

import RecordFormat

/// Asks for a producer id, or for a new epoch of one.
public struct InitProducerIDRequest: Request {
    public typealias Response = InitProducerIDResponse
    public static var apiKey: ApiKey { .initProducerID }

    /// Null from a producer that is idempotent but not transactional.
    public var transactionalID: String?
    public var transactionTimeoutMs: Int32 = 0
    /// That of a producer that wants its epoch raised after an error.
    public var producerID = ProducerID.none
    public var producerEpoch = ProducerEpoch.none

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TransactionalId", &transactionalID)
        try wire.field("TransactionTimeoutMs", &transactionTimeoutMs)
        try wire.field("ProducerId", &producerID, from: 3)
        try wire.field("ProducerEpoch", &producerEpoch, from: 3)
    }
}

/// The identity to produce with.
public struct InitProducerIDResponse: Response {
    public static var apiKey: ApiKey { .initProducerID }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var producerID = ProducerID.none
    public var producerEpoch = ProducerEpoch.none

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ProducerId", &producerID)
        try wire.field("ProducerEpoch", &producerEpoch)
    }
}
