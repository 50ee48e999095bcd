import KafkaProtocol

/// Operations, a bit each at their numbers, as in Kafka's fields of authorized operations.
struct OperationSet: OptionSet, Hashable, Sendable {
    var rawValue: UInt32

    init(rawValue: UInt32) { self.rawValue = rawValue }

    init(_ operation: AclOperation) {
        self.init(rawValue: 1 << UInt32(truncatingIfNeeded: operation.rawValue & 31))
    }

    static let everything = OperationSet(rawValue: .max)

    /// What an ACL for this operation allows: reading, writing, deleting and altering imply describing, and altering
    /// settings implies describing them.
    static func allowed(by operation: AclOperation) -> OperationSet {
        switch operation {
        case .all: everything
        case .read, .write, .delete, .alter: [OperationSet(operation), OperationSet(.describe)]
        case .alterConfigs: [OperationSet(operation), OperationSet(.describeConfigs)]
        default: OperationSet(operation)
        }
    }

    /// What an ACL for this operation denies: that alone.
    static func denied(by operation: AclOperation) -> OperationSet {
        operation == .all ? everything : OperationSet(operation)
    }

    /// What can be done to a resource of this type, of those that clients ask about.
    static func possible(for type: ResourceType) -> OperationSet {
        switch type {
        case .topic: ofTopic
        case .group: ofGroup
        case .cluster: ofCluster
        default: []
        }
    }

    private static let ofTopic = OperationSet(all: [
        .read, .write, .create, .delete, .alter, .describe, .describeConfigs, .alterConfigs,
    ])
    private static let ofGroup = OperationSet(all: [
        .read, .delete, .describe, .describeConfigs, .alterConfigs,
    ])
    private static let ofCluster = OperationSet(all: [
        .create, .alter, .describe, .clusterAction, .describeConfigs, .alterConfigs,
        .idempotentWrite,
    ])

    private init(all operations: [AclOperation]) {
        self = operations.reduce(into: []) { $0.formUnion(OperationSet($1)) }
    }

    /// The operations, without those of unknown numbers.
    var operations: [AclOperation] {
        (AclOperation.read.rawValue...AclOperation.twoPhaseCommit.rawValue)
            .map { AclOperation(rawValue: $0) }.filter { contains(OperationSet($0)) }
    }
}

extension AclOperation {
    /// Kafka's name of it, as `kafka-acls` takes it.
    var name: String {
        switch self {
        case .all: "All"
        case .read: "Read"
        case .write: "Write"
        case .create: "Create"
        case .delete: "Delete"
        case .alter: "Alter"
        case .describe: "Describe"
        case .clusterAction: "ClusterAction"
        case .describeConfigs: "DescribeConfigs"
        case .alterConfigs: "AlterConfigs"
        case .idempotentWrite: "IdempotentWrite"
        case .createTokens: "CreateTokens"
        case .describeTokens: "DescribeTokens"
        case .twoPhaseCommit: "TwoPhaseCommit"
        default: "\(rawValue)"
        }
    }
}

extension ResourceType {
    /// Kafka's name of it.
    var name: String {
        switch self {
        case .topic: "Topic"
        case .group: "Group"
        case .cluster: "Cluster"
        case .transactionalID: "TransactionalId"
        case .delegationToken: "DelegationToken"
        case .user: "User"
        default: "\(rawValue)"
        }
    }

    /// What a client is answered that may not do to such a resource what it wants.
    var refusal: ErrorCode {
        switch self {
        case .topic: .topicAuthorizationFailed
        case .group: .groupAuthorizationFailed
        case .transactionalID: .transactionalIDAuthorizationFailed
        case .delegationToken: .delegationTokenAuthorizationFailed
        default: .clusterAuthorizationFailed
        }
    }
}
