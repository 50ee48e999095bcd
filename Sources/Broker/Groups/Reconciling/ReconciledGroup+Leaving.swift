import KafkaProtocol

// How members go: by themselves, for a while, or because their time is over.

extension ReconciledGroup {
    mutating func leave(
        _ request: ConsumerGroupHeartbeatRequest
    ) throws(GroupRefusal) -> ConsumerGroupHeartbeatResponse {
        let memberID = request.memberID
        if let instanceID = request.instanceID {
            guard let present = staticMembers[instanceID] else {
                throw .unknownInstance(instanceID)
            }
            guard present == memberID else { throw .fencedInstance(instanceID, present) }
        }
        guard var member = members[memberID] else { throw .unknownMember(memberID) }
        if request.memberEpoch == Self.awayEpoch {
            // Its session goes on, and ends it if it does not come back.
            member.progress.epoch = Self.awayEpoch
            member.progress.pendingRevocation = PartitionSet()
            set(member)
            act(.cancelTimer(.revocation(memberID: memberID)))
        } else {
            removeForGood([memberID])
        }
        var response = ConsumerGroupHeartbeatResponse()
        response.memberID = memberID
        response.memberEpoch = request.memberEpoch
        return response
    }

    /// The others get an assignment without it with their next heartbeats.
    mutating func removeForGood(_ memberIDs: Set<String>) {
        for memberID in memberIDs { remove(memberID) }
        forgetUnusedResolutions()
        let subscribed = subscribedTopics
        let left = topics.filter { subscribed.contains($0.key) }
        if left != topics { setTopics(left) }
        raiseEpoch()
        // Nobody is left to ask for an assignment of this epoch.
        if members.isEmpty { setTarget([:]) }
    }

    mutating func timerFired(_ timer: ReconciledGroupTimer) {
        switch timer {
        case .session(let memberID):
            if members[memberID] != nil { removeForGood([memberID]) }
        case .revocation(let memberID):
            guard members[memberID]?.progress.state == .unrevokedPartitions else { return }
            removeForGood([memberID])
        case .join(let memberID), .sync(let memberID):
            guard members[memberID]?.subscription.classic != nil else { return }
            removeForGood([memberID])
        }
    }

    /// Begins the sessions of a restored group.
    mutating func didLoad() {
        forgetStrays()
        for member in members.values {
            let sessionMs = member.subscription.classic.map { Int64($0.sessionTimeoutMs) }
            act(
                .setTimer(
                    .session(memberID: member.id),
                    afterMs: sessionMs ?? config.consumerSessionTimeoutMs))
            if member.progress.state == .unrevokedPartitions, sessionMs == nil {
                act(
                    .setTimer(
                        .revocation(memberID: member.id),
                        afterMs: Int64(member.subscription.rebalanceTimeoutMs)))
            }
        }
    }
}

extension ReconciledGroup {
    /// What ends all that was written of the group.
    var tombstones: [ReconciledGroupRecord] {
        memberTombstones + resolutions.keys.sorted().map { .resolution(pattern: $0, nil) }
            + [.assignmentEpoch(nil), .topics(nil), .epoch(nil)]
    }
}
