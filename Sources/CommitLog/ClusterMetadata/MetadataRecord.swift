import RecordFormat

/// A record of Kafka's metadata log, as far as it concerns topics and settings.
///
///     value: frame version uvarint = 1 | type uvarint | version uvarint | fields
///
/// | type | record                  | versions | fields
/// |------|-------------------------|----------|-------------------------------------------------
/// | 2    | TopicRecord             | 0        | name, topic id
/// | 3    | PartitionRecord         | all      | partition id i32, topic id, and others
/// | 4    | ConfigRecord            | 0        | resource type i8, resource name, name, value or null
/// | 9    | RemoveTopicRecord       | 0        | topic id
/// | 11   | UserScramCredentialRecord | 0      | user, mechanism i8, salt, stored key, server key, iterations i32
/// | 14   | ClientQuotaRecord       | 0        | entity parts: type, name or null; key, value f64, remove
/// | 15   | ProducerIdsRecord       | 0        | broker id i32, broker epoch i64, next producer id i64
/// | 18   | AccessControlEntryRecord | 0       | id, resource type i8, resource name, pattern type i8, principal,
/// |      |                         |          | host, operation i8, permission type i8
/// | 19   | RemoveAccessControlEntryRecord | 0 | id
/// | 22   | RemoveUserScramCredentialRecord | 0 | user, mechanism i8
/// | 23   | BeginTransactionRecord  | 0        |
/// | 24   | EndTransactionRecord    | 0        |
/// | 25   | AbortTransactionRecord  | 0        |
///
/// Other types say nothing that matters here. Of a partition only the first two fields count, which
/// later versions leave where they are. A version of the others that is not known is an error: what
/// it says could be misread, and topics lose records by wrong settings.
enum MetadataRecord: Equatable {
    case topic(name: String, id: TopicID)
    case partition(Int32, of: TopicID)
    /// A value of nil takes the setting back.
    case config(ConfigResource, name: String, value: String?)
    case removeTopic(TopicID)
    /// The first producer id that no broker has.
    case producerIDs(next: Int64)
    case scramCredential(ScramCheckpoint.Entry)
    case removeScramCredential(user: String, mechanism: String)
    case acl(AclCheckpoint.Entry, id: TopicID)
    case removeAcl(id: TopicID)
    case clientQuota(ClientQuotaCheckpoint.Entry, isRemoved: Bool)
    case beginTransaction
    case endTransaction
    case abortTransaction

    static let frameVersion: UInt32 = 1

    /// Nil for a record of a type that does not matter.
    init?(_ value: [UInt8]) throws(MetadataRecordError) {
        var reader = MetadataFieldReader(value)
        let frameVersion = try reader.unsignedVarint()
        guard frameVersion == Self.frameVersion else { throw .unknownFrameVersion(frameVersion) }
        let type = try reader.unsignedVarint()
        let version = try reader.unsignedVarint()
        guard let kind = Kind(rawValue: type) else { return nil }
        guard version == 0 || kind == .partition else {
            throw .unknownVersion(version, ofType: type)
        }
        try self.init(kind, &reader)
        // Kafka's first field behind the ones that count is not a tagged one.
        if kind != .partition { try reader.finish() }
    }

    /// Far more than any cluster will give.
    private static let producerIDs: ClosedRange<Int64> = 0...Int64(1) << 62

    private enum Kind: UInt32 {
        case topic = 2
        case partition = 3
        case config = 4
        case removeTopic = 9
        case userScramCredential = 11
        case clientQuota = 14
        case producerIDs = 15
        case accessControlEntry = 18
        case removeAccessControlEntry = 19
        case removeUserScramCredential = 22
        case beginTransaction = 23
        case endTransaction = 24
        case abortTransaction = 25
    }

    private init(_ kind: Kind, _ reader: inout MetadataFieldReader) throws(MetadataRecordError) {
        switch kind {
        case .topic:
            let name = try reader.string()
            guard (try? TopicName.validate(name)) != nil else { throw .invalidTopicName(name) }
            self = .topic(name: name, id: try reader.uuid())
        case .partition:
            let index = try reader.integer(Int32.self)
            self = .partition(index, of: try reader.uuid())
        case .config:
            let resource = ConfigResource(
                type: try reader.integer(Int8.self), name: try reader.string())
            let name = try reader.string()
            self = .config(resource, name: name, value: try reader.nullableString())
        case .removeTopic: self = .removeTopic(try reader.uuid())
        case .producerIDs:
            _ = try reader.integer(Int32.self)
            _ = try reader.integer(Int64.self)
            let next = try reader.integer(Int64.self)
            guard Self.producerIDs.contains(next) else { throw .invalidProducerID(next) }
            self = .producerIDs(next: next)
        case .userScramCredential:
            let user = try reader.string()
            let mechanism = try Self.scramMechanism(&reader)
            let salt = try reader.byteString()
            let storedKey = try reader.byteString()
            self = .scramCredential(
                ScramCheckpoint.Entry(
                    user: user, mechanism: mechanism, salt: salt, storedKey: storedKey,
                    serverKey: try reader.byteString(), iterations: try reader.integer(Int32.self)))
        case .removeUserScramCredential:
            self = .removeScramCredential(
                user: try reader.string(), mechanism: try Self.scramMechanism(&reader))
        case .accessControlEntry:
            let id = try reader.uuid()
            self = .acl(try Self.acl(&reader), id: id)
        case .removeAccessControlEntry: self = .removeAcl(id: try reader.uuid())
        case .clientQuota: self = try Self.clientQuota(&reader)
        case .beginTransaction: self = .beginTransaction
        case .endTransaction: self = .endTransaction
        case .abortTransaction: self = .abortTransaction
        }
    }
}

extension MetadataRecord {
    private static func acl(
        _ reader: inout MetadataFieldReader
    ) throws(MetadataRecordError) -> AclCheckpoint.Entry {
        let resourceType = try reader.integer(Int8.self)
        let resourceName = try reader.string()
        let patternType = try reader.integer(Int8.self)
        let principal = try reader.string()
        let host = try reader.string()
        let operation = try reader.integer(Int8.self)
        return AclCheckpoint.Entry(
            resourceType: resourceType, patternType: patternType, resourceName: resourceName,
            principal: principal, host: host, operation: operation,
            permissionType: try reader.integer(Int8.self))
    }

    /// A part of the entity has its type, its name, and tagged fields.
    private static func clientQuota(
        _ reader: inout MetadataFieldReader
    ) throws(MetadataRecordError) -> MetadataRecord {
        var entry = ClientQuotaCheckpoint.Entry(
            key: "", value: 0, user: .absent, clientID: .absent, address: .absent)
        for _ in 0..<(try reader.count(ofAtLeast: 3)) {
            let type = try reader.string()
            let name = try reader.nullableString().map(ClientQuotaCheckpoint.Name.named)
            switch type {
            case "user": entry.user = name ?? .byDefault
            case "client-id": entry.clientID = name ?? .byDefault
            case "ip": entry.address = name ?? .byDefault
            // A type that nobody knows is of no client here.
            default: break
            }
            try reader.skipTaggedFields()
        }
        entry.key = try reader.string()
        entry.value = Double(bitPattern: try reader.integer(UInt64.self))
        return .clientQuota(entry, isRemoved: try reader.integer(UInt8.self) != 0)
    }

    /// The name by Kafka's number of it; one that nobody knows has none.
    private static func scramMechanism(
        _ reader: inout MetadataFieldReader
    ) throws(MetadataRecordError) -> String {
        switch try reader.integer(Int8.self) {
        case 1: "SCRAM-SHA-256"
        case 2: "SCRAM-SHA-512"
        default: "unknown"
        }
    }
}

/// What has settings in Kafka's metadata log.
struct ConfigResource: Hashable, Sendable {
    var type: Int8
    var name: String

    static func topic(_ name: String) -> ConfigResource { ConfigResource(type: 2, name: name) }
    static func broker(_ nodeID: String) -> ConfigResource {
        ConfigResource(type: 4, name: nodeID)
    }
    /// All brokers that say nothing themselves.
    static let cluster = ConfigResource(type: 4, name: "")
}
