// ListTransactions, versions 0–2, flexible. Version 1 has a duration (KIP-994), 2 a pattern
// (KIP-1152).

import RecordFormat

/// Asks for the transactional ids of a broker and what state they are in.
public struct ListTransactionsRequest: Request {
    public typealias Response = ListTransactionsResponse
    public static var apiKey: ApiKey { .listTransactions }

    /// Names of states; empty for all.
    public var stateFilters: [String] = []
    /// Empty for all.
    public var producerIDFilters: [Int64] = []
    /// Only transactions that run for longer, in milliseconds; negative for all.
    public var durationFilter: Int64 = -1
    /// A regular expression that the whole transactional id matches; null or empty for all.
    public var transactionalIDPattern: String?

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("StateFilters", &stateFilters)
        try wire.field("ProducerIdFilters", &producerIDFilters)
        try wire.field("DurationFilter", &durationFilter, from: 1)
        try wire.field("TransactionalIdPattern", &transactionalIDPattern, from: 2)
    }
}

/// The transactional ids that were asked for.
public struct ListTransactionsResponse: Response {
    public static var apiKey: ApiKey { .listTransactions }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    /// Names that are those of no state.
    public var unknownStateFilters: [String] = []
    public var transactionStates: [TransactionState] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("ErrorCode", &errorCode)
        try wire.field("UnknownStateFilters", &unknownStateFilters)
        try wire.field("TransactionStates", &transactionStates)
    }
}

extension ListTransactionsResponse {
    public struct TransactionState: FieldSet {
        public var transactionalID = ""
        public var producerID = ProducerID.none
        public var transactionState = ""

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("TransactionalId", &transactionalID)
            try wire.field("ProducerId", &producerID)
            try wire.field("TransactionState", &transactionState)
        }
    }
}
