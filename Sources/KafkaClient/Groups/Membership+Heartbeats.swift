import KafkaProtocol
import RecordFormat

// Heartbeats, and leaving.
extension Membership {
    mutating func beginSession(nowMs: Int64) {
        lastHeartbeatAnswerMs = nowMs
        heartbeatDueMs = nowMs + group.heartbeatIntervalMs
        heartbeatTicket = nil
    }

    mutating func beat(nowMs: Int64) {
        guard isInGeneration, hasCoordinator else { return }
        guard heartbeatTicket == nil else {
            // The connection stands, and nobody answers: another broker may know more.
            if nowMs - lastHeartbeatAnswerMs >= group.sessionTimeoutMs {
                loseCoordinator(nowMs: nowMs)
            }
            return
        }
        guard nowMs >= heartbeatDueMs else { return }
        var request = HeartbeatRequest()
        request.groupID = group.groupID
        request.generationID = generation
        request.memberID = memberID
        request.groupInstanceID = instanceID
        heartbeatTicket = send(.heartbeat(request))
    }

    /// Nobody has taken records for `max.poll.interval.ms`: others are to have the partitions.
    mutating func goIdle(nowMs: Int64) {
        losePartitions()
        phase = .idle
        if instanceID == nil, generation >= 0, hasCoordinator {
            _ = send(.leave(leaveRequest("max.poll.interval.ms has passed")))
            memberID = ""
        }
        generation = -1
    }

    mutating func leave() {
        // A static member's partitions wait for its return, so it goes without a word.
        guard instanceID == nil, !memberID.isEmpty, hasCoordinator else { return end() }
        phase = .leaving
        heartbeatTicket = nil
        requestTicket = send(.leave(leaveRequest("the consumer is closed")))
    }

    private func leaveRequest(_ reason: String) -> LeaveGroupRequest {
        var member = LeaveGroupRequest.Member()
        member.memberID = memberID
        member.groupInstanceID = instanceID
        member.reason = reason
        var request = LeaveGroupRequest()
        request.groupID = group.groupID
        request.memberID = memberID
        request.members = [member]
        return request
    }
}
