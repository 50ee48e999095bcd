// InitProducerId, versions 0–6, flexible from 2. Version 5 may answer TRANSACTION_ABORTABLE
// (KIP-890), 6 is for transactions whose end others coordinate (KIP-939).

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
    /// Transactions are prepared first, and then committed by whom the client obeys.
    public var enable2Pc = false
    /// A transaction that was prepared is not aborted.
    public var keepPreparedTxn = false

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TransactionalId", &transactionalID)
        try wire.field("TransactionTimeoutMs", &transactionTimeoutMs)
        try wire.field("ProducerId", &producerID, from: 3)
        try wire.field("ProducerEpoch", &producerEpoch, from: 3)
        try wire.field("Enable2Pc", &enable2Pc, from: 6)
        try wire.field("KeepPreparedTxn", &keepPreparedTxn, from: 6)
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
    /// That of the transaction that was kept; −1 where there is none.
    public var ongoingTransactionProducerID = ProducerID.none
    public var ongoingTransactionProducerEpoch = ProducerEpoch.none

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("ProducerId", &producerID)
        try wire.field("ProducerEpoch", &producerEpoch)
        try wire.field("OngoingTxnProducerId", &ongoingTransactionProducerID, from: 6)
        try wire.field("OngoingTxnProducerEpoch", &ongoingTransactionProducerEpoch, from: 6)
    }
}
