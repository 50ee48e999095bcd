import KafkaProtocol

// LeaveGroup, versions 0–5: up to version 2 one member, from 3 several, static ones by their
// instance id alone if need be. Reasons (version 5) are read and not kept. No deviations from
// Kafka.

struct LeaveGroupHandler: RequestHandler {
    let groups: GroupCoordinator

    /// From here on several members can leave at once.
    private static let firstBatchedVersion: Int16 = 3

    func handle(
        _ request: LeaveGroupRequest, _ context: RequestContext,
        _ reply: Reply<LeaveGroupResponse>
    ) {
        guard context.allows(.group, request.groupID) else {
            var response = LeaveGroupResponse()
            response.errorCode = .groupAuthorizationFailed
            return reply(response)
        }
        let isBatched = context.version >= Self.firstBatchedVersion
        var single = LeaveGroupRequest.Member()
        single.memberID = request.memberID
        let members = isBatched ? request.members : [single]
        groups.leave(group: request.groupID, members) { error, memberErrors in
            var response = LeaveGroupResponse()
            response.errorCode = error
            if isBatched {
                response.members = zip(members, memberErrors).map { member, error in
                    var left = LeaveGroupResponse.Member()
                    left.memberID = member.memberID
                    left.groupInstanceID = member.groupInstanceID
                    left.errorCode = error
                    return left
                }
            } else if let memberError = memberErrors.first {
                response.errorCode = memberError
            }
            reply(response)
        }
    }
}
