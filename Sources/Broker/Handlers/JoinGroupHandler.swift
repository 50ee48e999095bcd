import KafkaProtocol

// JoinGroup, versions 0–9. Deviations from Kafka: a JoinGroup that its member repeats on another
// connection is answered with REBALANCE_IN_PROGRESS, where Kafka never answers; and more than
// 10,000 members that were named and have not come back are GROUP_MAX_SIZE_REACHED.

struct JoinGroupHandler: RequestHandler {
    let groups: GroupCoordinator

    /// Version 0 has no rebalance timeout of its own.
    private static let firstRebalanceTimeoutVersion: Int16 = 1
    /// From here on a member without an id is named, and asked to come again.
    private static let firstMemberIDVersion: Int16 = 4
    /// From here on there may be no assignor in an answer.
    private static let firstNullableProtocolVersion: Int16 = 7
    private static let firstSkipAssignmentVersion: Int16 = 9

    func handle(
        _ request: JoinGroupRequest, _ context: RequestContext,
        _ reply: Reply<JoinGroupResponse>
    ) {
        let version = context.version
        guard context.allows(.group, request.groupID) else {
            var response = JoinGroupResponse()
            response.errorCode = .groupAuthorizationFailed
            if version >= Self.firstNullableProtocolVersion { response.protocolName = nil }
            return reply(response)
        }
        let rebalanceTimeoutMs =
            version >= Self.firstRebalanceTimeoutVersion
            ? max(request.rebalanceTimeoutMs, 0) : request.sessionTimeoutMs
        let event = JoinEvent(
            memberID: request.memberID, instanceID: request.groupInstanceID,
            clientID: context.clientID, clientHost: context.clientHost,
            sessionTimeoutMs: request.sessionTimeoutMs, rebalanceTimeoutMs: rebalanceTimeoutMs,
            protocolType: request.protocolType, protocols: request.protocols,
            requiresKnownMemberID: version >= Self.firstMemberIDVersion,
            canSkipAssignment: version >= Self.firstSkipAssignmentVersion)
        groups.join(event, group: request.groupID) { response in
            var response = response
            if version < Self.firstNullableProtocolVersion, response.protocolName == nil {
                response.protocolName = ""
            }
            reply(response)
        }
    }
}
