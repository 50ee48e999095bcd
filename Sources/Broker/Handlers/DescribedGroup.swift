import KafkaProtocol

/// A group in the answer of ConsumerGroupDescribe or ShareGroupDescribe, which show the same to a client without
/// rights.
protocol DescribedGroup {
    init()
    var groupID: String { get set }
    var errorCode: ErrorCode { get set }
    var errorMessage: String? { get set }
    var authorizedOperations: Int32 { get set }
    var memberCount: Int { get }
    /// The topics whose partitions members have, or are to have; a name may come twice.
    var topicNames: [String] { get }
}

extension ConsumerGroupDescribeResponse.Group: DescribedGroup {
    var memberCount: Int { members.count }
    var topicNames: [String] {
        members.flatMap { member in
            (member.assignment.topicPartitions + member.targetAssignment.topicPartitions)
                .map(\.topicName)
        }
    }
}

extension ShareGroupDescribeResponse.Group: DescribedGroup {
    var memberCount: Int { members.count }
    var topicNames: [String] {
        members.flatMap { $0.assignment.topicPartitions.map(\.topicName) }
    }
}

/// The groups that a client asks for, and which of them it may describe.
struct AskedGroups {
    private let ids: [String]
    private let isAllowed: [Bool]
    private let includesOperations: Bool
    private let context: RequestContext

    init(_ ids: [String], includesOperations: Bool, _ context: RequestContext) {
        self.ids = ids
        self.includesOperations = includesOperations
        self.context = context
        isAllowed = ids.map { context.allows(.group, $0) }
    }

    var allowed: [String] { zip(ids, isAllowed).filter(\.1).map(\.0) }

    /// Whether the answer is better made beside the event loop.
    static func isLarge(_ described: [some DescribedGroup]) -> Bool {
        described.reduce(described.count) { $0 + $1.memberCount } > 200
    }

    /// What the client is told of each group that it asked for. `described` has those of `allowed`, in their order.
    func answers<Group: DescribedGroup>(_ described: [Group]) -> [Group] {
        var described = described[...]
        return zip(ids, isAllowed).map { id, isAllowed in
            guard isAllowed, var group = described.popFirst() else {
                return denied(id, .groupAuthorizationFailed)
            }
            guard mayKnow(group) else {
                return denied(
                    id, .topicAuthorizationFailed,
                    "The group has described topic(s) that the client is not authorized to describe."
                )
            }
            if includesOperations, group.errorCode == .none {
                group.authorizedOperations = context.authorizedOperations(on: .group, id)
            }
            return group
        }
    }

    /// Whether the client may describe all topics of the group.
    private func mayKnow(_ group: some DescribedGroup) -> Bool {
        guard context.authorizer != nil else { return true }
        return Set(group.topicNames).allSatisfy { context.allows(.topic, $0) }
    }

    private func denied<Group: DescribedGroup>(
        _ id: String, _ code: ErrorCode, _ message: String? = nil
    ) -> Group {
        var group = Group()
        group.groupID = id
        group.errorCode = code
        group.errorMessage = message
        return group
    }
}
