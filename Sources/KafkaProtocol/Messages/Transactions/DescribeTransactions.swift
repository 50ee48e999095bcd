// DescribeTransactions, version 0, flexible.

import RecordFormat

/// Asks for all that is known of transactional ids.
public struct DescribeTransactionsRequest: Request {
    public typealias Response = DescribeTransactionsResponse
    public static var apiKey: ApiKey { .describeTransactions }

    public var transactionalIDs: [String] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("TransactionalIds", &transactionalIDs)
    }
}

/// The state of each transactional id.
public struct DescribeTransactionsResponse: Response {
    public static var apiKey: ApiKey { .describeTransactions }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var transactionStates: [TransactionState] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs)
        try wire.field("TransactionStates", &transactionStates)
    }
}

extension DescribeTransactionsResponse {
    public struct TransactionState: FieldSet {
        public var errorCode = ErrorCode.none
        public var transactionalID = ""
        public var transactionState = ""
        public var transactionTimeoutMs: Int32 = 0
        /// −1 where no transaction was begun.
        public var transactionStartTimeMs: Int64 = 0
        public var producerID = ProducerID(0)
        public var producerEpoch = ProducerEpoch(0)
        /// The partitions that are in the transaction.
        public var topics: [Topic] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("ErrorCode", &errorCode)
            try wire.field("TransactionalId", &transactionalID)
            try wire.field("TransactionState", &transactionState)
            try wire.field("TransactionTimeoutMs", &transactionTimeoutMs)
            try wire.field("TransactionStartTimeMs", &transactionStartTimeMs)
            try wire.field("ProducerId", &producerID)
            try wire.field("ProducerEpoch", &producerEpoch)
            try wire.field("Topics", &topics)
        }
    }

    public struct Topic: FieldSet {
        public var topic = ""
        public var partitions: [Int32] = []

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Topic", &topic)
            try wire.field("Partitions", &partitions)
        }
    }
}
