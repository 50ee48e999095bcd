import KafkaProtocol
import RecordFormat

// What heartbeats say, and leaving.
extension ReconciledMembership {
    /// Everything where the member joins or the coordinator may not have it; else what has changed.
    mutating func heartbeat() -> ConsumerGroupHeartbeatRequest {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupID = group.groupID
        request.memberID = memberID
        request.memberEpoch = epoch
        request.instanceID = instanceID
        let isFull = epoch == Self.joiningEpoch || !hasToldAll
        if isFull {
            request.rebalanceTimeoutMs = Int32(clamping: group.maxPollIntervalMs)
            request.subscribedTopicNames = topics.sorted()
            request.serverAssignor = group.remoteAssignor.isEmpty ? nil : group.remoteAssignor
            request.rackID = rack.isEmpty ? nil : rack
        }
        if isFull || toldHeld != held { request.topicPartitions = held.wire }
        // Taken back where no answer comes.
        hasToldAll = true
        toldHeld = held
        isInDoubt = false
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
            _ = send(.consumerHeartbeat(leaveRequest))
        }
        beginAnew()
    }

    /// A join in flight counts as one that succeeds.
    mutating func leave() {
        guard hasCoordinator, isInGeneration || heartbeatTicket != nil else { return end() }
        phase = .leaving
        heartbeatTicket = send(.consumerHeartbeat(leaveRequest))
    }

    /// A static member says that it will be back; its partitions wait for its session.
    private var leaveRequest: ConsumerGroupHeartbeatRequest {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupID = group.groupID
        request.memberID = memberID
        request.memberEpoch = instanceID == nil ? Self.leavingEpoch : Self.awayEpoch
        request.instanceID = instanceID
        return request
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
