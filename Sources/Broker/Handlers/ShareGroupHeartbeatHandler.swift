import KafkaProtocol

// ShareGroupHeartbeat, version 1. Deviations from Kafka: racks are kept and not looked at; a partition is assigned at
// once, where Kafka first begins the group's state of it, and assigns it with a later heartbeat.

struct ShareGroupHeartbeatHandler: RequestHandler {
    let groups: GroupCoordinator

    /// In Java's characters: clients make up their ids as UUIDs.
    private static let longestMemberID = 36

    func handle(
        _ request: ShareGroupHeartbeatRequest, _ context: RequestContext,
        _ reply: Reply<ShareGroupHeartbeatResponse>
    ) {
        do throws(GroupRefusal) {
            try authorize(request, context)
            try Self.validate(request)
        } catch {
            return reply(.failure(error))
        }
        let event = ShareHeartbeat(
            request: request, clientID: context.clientID, clientHost: context.clientHost)
        groups.shareHeartbeat(event) { reply($0) }
    }

    /// Who names a topic must be allowed to describe it. Kafka looks at the member's id in between.
    private func authorize(
        _ request: ShareGroupHeartbeatRequest, _ context: RequestContext
    ) throws(GroupRefusal) {
        guard context.allows(.group, request.groupID) else {
            throw GroupRefusal(.groupAuthorizationFailed, "")
        }
        guard 1...Self.longestMemberID ~= request.memberID.utf16.count else {
            throw GroupRefusal(.invalidRequest, "Invalid member id in the request.")
        }
        let names = request.subscribedTopicNames ?? []
        guard context.authorizer == nil || names.allSatisfy({ context.allows(.topic, $0) }) else {
            throw GroupRefusal(.topicAuthorizationFailed, "")
        }
    }

    /// Kafka's checks, in its order.
    static func validate(_ request: ShareGroupHeartbeatRequest) throws(GroupRefusal) {
        func require(_ condition: Bool, _ message: String) throws(GroupRefusal) {
            if !condition { throw GroupRefusal(.invalidRequest, message) }
        }
        try require(!request.memberID.isBlank, "MemberId can't be empty.")
        try require(!request.groupID.isBlank, "GroupId can't be empty.")
        try require(request.rackID?.isBlank != true, "RackId can't be empty.")
        if request.memberEpoch == ShareGroup.joiningEpoch {
            try require(
                request.subscribedTopicNames?.isEmpty == false,
                "SubscribedTopicNames must be set in first request.")
        }
        try require(request.memberEpoch >= ShareGroup.leavingEpoch, "MemberEpoch is invalid.")
    }
}
