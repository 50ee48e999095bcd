import KafkaProtocol
import RecordFormat

/// A heartbeat of a member of a share group as the group sees it.
struct ShareHeartbeat: Sendable {
    var request: ShareGroupHeartbeatRequest
    var clientID: String
    var clientHost: String
}

// Joining, staying and leaving.
extension ShareGroup {
    /// - Parameter known: the topics that there are.
    mutating func heartbeat(
        _ event: ShareHeartbeat, topics known: KnownTopics
    ) throws(GroupRefusal) -> ShareGroupHeartbeatResponse {
        let request = event.request
        let memberID = request.memberID
        if request.memberEpoch == Self.leavingEpoch { return try leave(memberID) }
        guard members.count < config.shareMaxSize || members[memberID] != nil else {
            throw GroupRefusal(
                .groupMaxSizeReached,
                "The share group has reached its maximum capacity of \(config.shareMaxSize) "
                    + "members.")
        }
        let before = try admitted(request)
        var member = before
        member.subscription.rackID = request.rackID ?? before.subscription.rackID
        member.subscription.clientID = event.clientID
        member.subscription.clientHost = event.clientHost
        member.subscription.topicNames =
            request.subscribedTopicNames ?? before.subscription.topicNames
        guard member.subscription.byteCount <= config.memberMaxBytes else {
            throw GroupRefusal(
                .invalidRequest, "What the member subscribes to takes too many bytes.")
        }
        let isChanged =
            members[memberID] == nil
            || Set(member.subscription.topicNames) != Set(before.subscription.topicNames)
        set(member)
        follow(known, isChanged: isChanged)
        member = takeUp(member)
        act(.setSession(memberID: memberID, afterMs: config.shareSessionTimeoutMs))
        return response(to: request, member, before: before)
    }

    private func admitted(
        _ request: ShareGroupHeartbeatRequest
    ) throws(GroupRefusal) -> ShareGroupMember {
        let received = request.memberEpoch
        guard let known = members[request.memberID] else {
            guard received == Self.joiningEpoch else {
                throw .unknownMember(request.memberID, of: id)
            }
            return ShareGroupMember(id: request.memberID)
        }
        let progress = known.progress
        // A member whose last answer was lost may still use the epoch before.
        let isKnown =
            received == Self.joiningEpoch || received == progress.epoch
            || received < progress.epoch && received == progress.previousEpoch
        guard isKnown else {
            let order = received > progress.epoch ? "greater" : "smaller"
            throw GroupRefusal(
                .fencedMemberEpoch,
                "The share group member has a \(order) member epoch (\(received)) than the one "
                    + "known by the group coordinator (\(progress.epoch)). The member must abandon "
                    + "all its partitions and rejoin.")
        }
        return known
    }

    /// Makes a new assignment where members, subscriptions or topics have changed.
    private mutating func follow(_ known: KnownTopics, isChanged: Bool) {
        let isOld = topicChangeCount != known.changeCount
        guard isChanged || isOld || epoch != assignmentEpoch else { return }
        // After a start nobody knows of which topics the last assignment is made.
        let isUnknown = topicChangeCount == nil
        topicChangeCount = known.changeCount
        var found: [String: ReconciledGroup.Topic] = [:]
        for name in subscribedTopics { found[name] = known.find(name) }
        let hasNewTopics = isUnknown ? !isAssigned(found) : found != topics
        setTopics(found)
        if isChanged || hasNewTopics { raiseEpoch() }
        guard epoch != assignmentEpoch else { return }
        let places = found.map { name, topic in
            (topic.id, SharedTopic(name: name, partitions: Set(0..<topic.partitionCount)))
        }
        share(Dictionary(places) { $1 })
        let subscribed = members.values.map { member in
            ShareAssignment.Member(
                id: member.id,
                topics: Set(member.subscription.topicNames.compactMap { found[$0]?.id }),
                previous: target[member.id] ?? PartitionSet())
        }
        let counts = Dictionary(found.values.map { ($0.id, $0.partitionCount) }) { $1 }
        setTarget(ShareAssignment(subscribed, partitionCounts: counts).assigned)
    }

    /// Whether the assignment has exactly the partitions of these topics.
    private func isAssigned(_ found: [String: ReconciledGroup.Topic]) -> Bool {
        let all = PartitionSet(
            Dictionary(found.values.map { ($0.id, Set(0..<$0.partitionCount)) }) { $1 })
        var assigned = PartitionSet()
        for partitions in target.values {
            partitions.visit { assigned.insert($1, of: $0) }
        }
        return assigned == all
    }

    /// The member gets what it is assigned.
    private mutating func takeUp(_ member: ShareGroupMember) -> ShareGroupMember {
        guard member.progress.epoch != assignmentEpoch else { return member }
        var member = member
        member.progress.previousEpoch = member.progress.epoch
        member.progress.epoch = assignmentEpoch
        member.progress.assigned = target[member.id] ?? PartitionSet()
        set(member)
        return member
    }

    private func response(
        to request: ShareGroupHeartbeatRequest, _ member: ShareGroupMember,
        before known: ShareGroupMember
    ) -> ShareGroupHeartbeatResponse {
        var response = ShareGroupHeartbeatResponse()
        response.memberID = member.id
        response.memberEpoch = member.progress.epoch
        response.heartbeatIntervalMs = config.shareHeartbeatIntervalMs
        // A client that names all of itself wants to know all of its assignment.
        let isFull =
            request.memberEpoch == Self.joiningEpoch || request.subscribedTopicNames != nil
        if isFull || member.progress.assigned != known.progress.assigned {
            var assignment = ShareGroupHeartbeatResponse.Assignment()
            assignment.topicPartitions = member.progress.assigned.wire
            response.assignment = assignment
        }
        return response
    }

    private mutating func leave(
        _ memberID: String
    ) throws(GroupRefusal) -> ShareGroupHeartbeatResponse {
        guard members[memberID] != nil else { throw .unknownMember(memberID, of: id) }
        removeForGood(memberID)
        var response = ShareGroupHeartbeatResponse()
        response.memberID = memberID
        response.memberEpoch = Self.leavingEpoch
        return response
    }

    /// The others get an assignment without it with their next heartbeats.
    private mutating func removeForGood(_ memberID: String) {
        remove(memberID)
        raiseEpoch()
    }

    mutating func sessionEnded(_ memberID: String) {
        if members[memberID] != nil { removeForGood(memberID) }
    }

    /// Begins the sessions of a restored group.
    mutating func didLoad() {
        forgetStrays()
        for member in members.keys {
            act(.setSession(memberID: member.text, afterMs: config.shareSessionTimeoutMs))
        }
    }
}

extension GroupRefusal {
    static func unknownMember(_ id: String, of group: String) -> GroupRefusal {
        GroupRefusal(.unknownMemberID, "Member \(id) is not a member of group \(group).")
    }

    static func noShareGroup(_ id: String) -> GroupRefusal {
        GroupRefusal(.groupIDNotFound, "There is no share group \(id).")
    }
}
