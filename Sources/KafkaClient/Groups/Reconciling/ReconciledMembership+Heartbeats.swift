import KafkaProtocol
import RecordFormat

// What heartbeats say, and leaving.
extension ReconciledMembership {
    /// Everything where the member joins or the coordinator may not have it; else what has changed.
    mutating func heartbeat() -> GroupRequest {
        let isFull = epoch == Self.joiningEpoch || !hasToldAll
        let tellsHeld = isFull || toldHeld != held
        if epoch == Self.joiningEpoch { joinCount += 1 }
        // Taken back where no answer comes.
        hasToldAll = true
        toldHeld = held
        isInDoubt = false
        switch kind {
        case .consumer:
            var request = consumerRequest(epoch)
            if isFull {
                request.rebalanceTimeoutMs = Int32(clamping: group.maxPollIntervalMs)
                request.subscribedTopicNames = topics.sorted()
                request.serverAssignor = group.remoteAssignor.isEmpty ? nil : group.remoteAssignor
                request.rackID = rack.isEmpty ? nil : rack
            }
            if tellsHeld { request.topicPartitions = held.wire }
            return .consumerHeartbeat(request)
        case .share:
            // What it has is not asked for: partitions of share groups have no owner.
            var request = shareRequest(epoch)
            if isFull {
                request.subscribedTopicNames = topics.sorted()
                request.rackID = rack.isEmpty ? nil : rack
            }
            return .shareHeartbeat(request)
        }
    }

    private func consumerRequest(_ epoch: Int32) -> ConsumerGroupHeartbeatRequest {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupID = group.groupID
        request.memberID = memberID
        request.memberEpoch = epoch
        request.instanceID = instanceID
        return request
    }

    private func shareRequest(_ epoch: Int32) -> ShareGroupHeartbeatRequest {
        var request = ShareGroupHeartbeatRequest()
        request.groupID = group.groupID
        request.memberID = memberID
        request.memberEpoch = epoch
        return request
    }

    /// The next heartbeat goes at once, and says what the member has.
    mutating func acknowledge(nowMs: Int64) {
        toldHeld = nil
        heartbeatDueMs = nowMs
    }

    /// Nobody has taken records for `max.poll.interval.ms`: others are to have the partitions.
    mutating func goIdle(nowMs: Int64) {
        losePartitions()
        phase = .idle
        if hasCoordinator, isInGeneration || heartbeatTicket != nil {
            _ = send(leaveRequest)
        }
        beginAnew()
    }

    /// A join in flight counts as one that succeeds.
    mutating func leave() {
        guard hasCoordinator, isInGeneration || heartbeatTicket != nil else { return end() }
        phase = .leaving
        heartbeatTicket = send(leaveRequest)
    }

    /// A static member says that it will be back; its partitions wait for its session.
    private var leaveRequest: GroupRequest {
        switch kind {
        case .consumer:
            .consumerHeartbeat(
                consumerRequest(instanceID == nil ? Self.leavingEpoch : Self.awayEpoch))
        case .share: .shareHeartbeat(shareRequest(Self.leavingEpoch))
        }
    }

    /// It has no epoch, and the next heartbeat joins.
    mutating func beginAnew() {
        epoch = Self.joiningEpoch
        target = nil
        isNew = true
        hasToldAll = false
        toldHeld = nil
        heartbeatTicket = nil
        namesDueMs = nil
    }

    mutating func losePartitions() {
        leaving = TopicIDPartitionSet()
        held = TopicIDPartitionSet()
        guard !owned.isEmpty else { return }
        act(.lose(sorted(owned)))
        owned = []
    }

    mutating func fail(_ error: GroupError) {
        losePartitions()
        beginAnew()
        phase = .ended
        act(.fail(error))
    }

    mutating func end() {
        beginAnew()
        phase = .ended
        act(.left)
    }
}
