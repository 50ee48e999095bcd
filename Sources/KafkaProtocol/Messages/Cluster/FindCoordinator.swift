// FindCoordinator, versions 0–6, flexible from 3. Up to version 3 one key, from 4 several. Version 5
// may answer TRANSACTION_ABORTABLE (KIP-890), 6 asks for share groups, too (KIP-932).

/// Asks which broker coordinates a group or a transactional id.
public struct FindCoordinatorRequest: Request {
    public typealias Response = FindCoordinatorResponse
    public static var apiKey: ApiKey { .findCoordinator }

    public var key = ""
    public var keyType = CoordinatorType.group
    public var coordinatorKeys: [String] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("Key", &key, through: 3)
        try wire.field("KeyType", &keyType, from: 1)
        try wire.field("CoordinatorKeys", &coordinatorKeys, from: 4)
    }
}

/// The coordinators.
public struct FindCoordinatorResponse: Response {
    public static var apiKey: ApiKey { .findCoordinator }

    /// How long the client is to stay silent, for a quota.
    public var throttleTimeMs: Int32 = 0
    public var errorCode = ErrorCode.none
    public var errorMessage: String? = ""
    public var nodeID: Int32 = 0
    public var host = ""
    public var port: Int32 = 0
    public var coordinators: [Coordinator] = []

    public init() {}

    public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("ThrottleTimeMs", &throttleTimeMs, from: 1)
        try wire.field("ErrorCode", &errorCode, through: 3)
        try wire.field("ErrorMessage", &errorMessage, from: 1, through: 3)
        try wire.field("NodeId", &nodeID, through: 3)
        try wire.field("Host", &host, through: 3)
        try wire.field("Port", &port, through: 3)
        try wire.field("Coordinators", &coordinators, from: 4)
    }
}

extension FindCoordinatorResponse {
    public struct Coordinator: FieldSet {
        public var key = ""
        public var nodeID: Int32 = 0
        public var host = ""
        public var port: Int32 = 0
        public var errorCode = ErrorCode.none
        public var errorMessage: String? = ""

        public init() {}

        public mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("Key", &key)
            try wire.field("NodeId", &nodeID)
            try wire.field("Host", &host)
            try wire.field("Port", &port)
            try wire.field("ErrorCode", &errorCode)
            try wire.field("ErrorMessage", &errorMessage)
        }
    }
}
