// The numbers of Kafka's ACLs. An unknown number is kept, so that the response can repeat it.

/// The kinds of things that ACLs are about.
public struct ResourceType: IntegerField, Hashable {
    public var rawValue: Int8

    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let unknown = ResourceType(rawValue: 0)
    /// In filters: of every type.
    public static let any = ResourceType(rawValue: 1)
    public static let topic = ResourceType(rawValue: 2)
    public static let group = ResourceType(rawValue: 3)
    public static let cluster = ResourceType(rawValue: 4)
    public static let transactionalID = ResourceType(rawValue: 5)
    public static let delegationToken = ResourceType(rawValue: 6)
    public static let user = ResourceType(rawValue: 7)
}

/// How the name in an ACL stands for the names of resources (KIP-290).
public struct PatternType: IntegerField, Hashable {
    public var rawValue: Int8

    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let unknown = PatternType(rawValue: 0)
    /// In filters: of every type, by the name as it stands in the ACL.
    public static let any = PatternType(rawValue: 1)
    /// In filters: whatever holds for the resource of this name.
    public static let match = PatternType(rawValue: 2)
    /// The name itself; `*` is every name.
    public static let literal = PatternType(rawValue: 3)
    /// Every name that begins with it.
    public static let prefixed = PatternType(rawValue: 4)
}

/// What is done to a resource.
public struct AclOperation: IntegerField, Hashable {
    public var rawValue: Int8

    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let unknown = AclOperation(rawValue: 0)
    /// In filters: every operation.
    public static let any = AclOperation(rawValue: 1)
    /// In ACLs: every operation.
    public static let all = AclOperation(rawValue: 2)
    public static let read = AclOperation(rawValue: 3)
    public static let write = AclOperation(rawValue: 4)
    public static let create = AclOperation(rawValue: 5)
    public static let delete = AclOperation(rawValue: 6)
    public static let alter = AclOperation(rawValue: 7)
    public static let describe = AclOperation(rawValue: 8)
    public static let clusterAction = AclOperation(rawValue: 9)
    public static let describeConfigs = AclOperation(rawValue: 10)
    public static let alterConfigs = AclOperation(rawValue: 11)
    public static let idempotentWrite = AclOperation(rawValue: 12)
    public static let createTokens = AclOperation(rawValue: 13)
    public static let describeTokens = AclOperation(rawValue: 14)
    public static let twoPhaseCommit = AclOperation(rawValue: 15)
}

/// Whether an ACL allows or denies.
public struct AclPermissionType: IntegerField, Hashable {
    public var rawValue: Int8

    public init(rawValue: Int8) { self.rawValue = rawValue }

    public static let unknown = AclPermissionType(rawValue: 0)
    /// In filters: either.
    public static let any = AclPermissionType(rawValue: 1)
    public static let deny = AclPermissionType(rawValue: 2)
    public static let allow = AclPermissionType(rawValue: 3)
}
