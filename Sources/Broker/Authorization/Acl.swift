import CommitLog
import KafkaProtocol
import NIOCore

/// One of Kafka's ACLs: whom it allows or denies what, from where, on which resources.
struct Acl: Hashable, Sendable {
    /// The name of the only resource of the type CLUSTER.
    static let clusterName = "kafka-cluster"
    /// As a name it stands for every name, and as a host for every host.
    static let wildcard = "*"
    static let everybody = Principal(name: wildcard)

    var resourceType: ResourceType
    var patternType: PatternType
    var resourceName: String
    /// `User:alice`.
    var principal: String
    /// An address.
    var host: String
    var operation: AclOperation
    var permissionType: AclPermissionType
}

extension Acl {
    /// By bytes, as what they are about.
    static func == (left: Acl, right: Acl) -> Bool {
        left.resourceType == right.resourceType && left.patternType == right.patternType
            && left.operation == right.operation && left.permissionType == right.permissionType
            && left.resourceName.hasSameBytes(as: right.resourceName)
            && left.principal.hasSameBytes(as: right.principal)
            && left.host.hasSameBytes(as: right.host)
    }

    /// Of the principal, the host and the name together: no ACL that means something is longer, and what all of
    /// them take stays bounded.
    static let maximumByteCount = 4096

    /// Kafka's checks, in its order; and of its size and its principal, at which Kafka would only fail later.
    func validate() throws(Refusal) {
        func require(_ condition: Bool, _ message: String) throws(Refusal) {
            if !condition { throw Refusal(.invalidRequest, message) }
        }
        try require(
            resourceType != .cluster || resourceName == Self.clusterName,
            "The only valid name for the CLUSTER resource is \(Self.clusterName)")
        try require(!resourceName.isEmpty, "Invalid empty resource name")
        try require(Self.resourceTypes.contains(resourceType.rawValue), "Invalid resourceType")
        try require(patternType == .literal || patternType == .prefixed, "Invalid patternType")
        try require(Self.operations.contains(operation.rawValue), "Invalid operation")
        try require(
            permissionType == .allow || permissionType == .deny, "Invalid permissionType")
        try require(
            Principal(principal) != nil, "A principal has a type and a name, such as User:alice")
        try require(
            host == Self.wildcard || (try? SocketAddress(ipAddress: host, port: 0)) != nil,
            "A host is an address, or * for every one")
        try require(
            resourceName.utf8.count + principal.utf8.count + host.utf8.count
                <= Self.maximumByteCount,
            "The name, the principal and the host have \(Self.maximumByteCount) bytes at most")
    }

    /// Whether all numbers are of those that this version knows.
    var isKnown: Bool {
        Self.resourceTypes.contains(resourceType.rawValue)
            && (patternType == .literal || patternType == .prefixed)
            && Self.operations.contains(operation.rawValue)
            && (permissionType == .allow || permissionType == .deny)
    }

    private static let resourceTypes = ResourceType.topic.rawValue...ResourceType.user.rawValue
    private static let operations =
        AclOperation.all.rawValue...AclOperation.twoPhaseCommit.rawValue
}

extension Acl {
    init(_ entry: AclCheckpoint.Entry) {
        resourceType = ResourceType(rawValue: entry.resourceType)
        patternType = PatternType(rawValue: entry.patternType)
        resourceName = entry.resourceName
        principal = entry.principal
        host = entry.host
        operation = AclOperation(rawValue: entry.operation)
        permissionType = AclPermissionType(rawValue: entry.permissionType)
    }

    var entry: AclCheckpoint.Entry {
        AclCheckpoint.Entry(
            resourceType: resourceType.rawValue, patternType: patternType.rawValue,
            resourceName: resourceName, principal: principal, host: host,
            operation: operation.rawValue, permissionType: permissionType.rawValue)
    }

    /// By which they are listed: those of one pattern follow one another.
    var order: [String] {
        [
            "\(resourceType.rawValue)", resourceName, "\(patternType.rawValue)", principal, host,
            "\(operation.rawValue)", "\(permissionType.rawValue)",
        ]
    }
}
