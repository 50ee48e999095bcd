import KafkaProtocol

// GroupMetadata in `__consumer_offsets`: key version 2; value versions 0–3, and 4 (flexible) for
// reading. Value version 3 is written, which every Kafka since 2.3 reads.

/// The key of a group's metadata.
struct GroupMetadataKey: FieldSet {
    static let version: Int16 = 2

    var group = ""

    init() {}

    init(group: String) { self.group = group }

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("group", &group)
    }
}

/// A generation of a group, with its members and their assignment.
struct GroupMetadataValue: FieldSet {
    static let writtenVersion: Int16 = 3
    static let readVersions: ClosedRange<Int16> = 0...4
    static let firstFlexibleVersion: Int16 = 4

    var protocolType = ""
    var generation: Int32 = 0
    var protocolName: String?
    var leader: String?
    /// When the group came into this state, in milliseconds since 1970; −1 where nobody wrote it
    /// down.
    var currentStateTimestamp: Int64 = -1
    var members: [Member] = []

    init() {}

    mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
        try wire.field("protocolType", &protocolType)
        try wire.field("generation", &generation)
        try wire.field("protocol", &protocolName)
        try wire.field("leader", &leader)
        try wire.field("currentStateTimestamp", &currentStateTimestamp, from: 2)
        try wire.field("members", &members)
    }
}

extension GroupMetadataValue {
    struct Member: FieldSet {
        var memberID = ""
        var groupInstanceID: String?
        var clientID = ""
        var clientHost = ""
        /// Milliseconds; version 0 has only the session timeout.
        var rebalanceTimeout: Int32 = -1
        var sessionTimeout: Int32 = 0
        /// The member's metadata for the assignor in use.
        var subscription = OpaqueBytes()
        var assignment = OpaqueBytes()

        init() {}

        mutating func code(_ wire: inout some FieldCoder) throws(ProtocolError) {
            try wire.field("memberId", &memberID)
            try wire.field("groupInstanceId", &groupInstanceID, from: 3)
            try wire.field("clientId", &clientID)
            try wire.field("clientHost", &clientHost)
            try wire.field("rebalanceTimeout", &rebalanceTimeout, from: 1)
            try wire.field("sessionTimeout", &sessionTimeout)
            try wire.field("subscription", &subscription)
            try wire.field("assignment", &assignment)
        }
    }
}
