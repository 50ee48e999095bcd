import KafkaProtocol

// The group's responses to waiting members.

extension JoinGroupResponse {
    static func failure(_ error: ErrorCode, memberID: String) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.errorCode = error
        response.protocolName = nil
        response.memberID = memberID
        return response
    }
}

extension SyncGroupResponse {
    static func failure(_ error: ErrorCode) -> SyncGroupResponse {
        var response = SyncGroupResponse()
        response.errorCode = error
        return response
    }
}

extension ConsumerGroup {
    /// Tells one member of this generation. Only the leader's answer lists the other members.
    func joinResponse(
        for memberID: String, leader: String? = nil, skipAssignment: Bool = false
    ) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.generationID = generation
        response.protocolType = protocolType
        response.protocolName = protocolName
        response.leader = leader ?? leaderID ?? ""
        response.memberID = memberID
        response.skipAssignment = skipAssignment
        if response.leader == memberID { response.members = describeForLeader() }
        return response
    }

    func syncResponse(_ assignment: [UInt8]) -> SyncGroupResponse {
        var response = SyncGroupResponse()
        response.protocolType = protocolType
        response.protocolName = protocolName
        response.assignment = OpaqueBytes(assignment)
        return response
    }

    private func describeForLeader() -> [JoinGroupResponse.Member] {
        membersByArrival.map { member in
            var described = JoinGroupResponse.Member()
            described.memberID = member.id
            described.groupInstanceID = member.instanceID
            described.metadata = OpaqueBytes(member.metadata(for: protocolName ?? ""))
            return described
        }
    }
}
