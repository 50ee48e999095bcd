import KafkaProtocol
import RecordFormat

// JoinGroup and SyncGroup.
extension Membership {
    /// An eager member first gives up what it has.
    mutating func beginJoin() {
        if !group.isCooperative, !owned.isEmpty {
            phase = .givingUp
            return act(.revoke(sorted(owned)))
        }
        sendJoin()
    }

    mutating func sendJoin() {
        var request = JoinGroupRequest()
        request.groupID = group.groupID
        request.sessionTimeoutMs = Int32(clamping: group.sessionTimeoutMs)
        request.rebalanceTimeoutMs = Int32(clamping: group.maxPollIntervalMs)
        request.memberID = memberID
        request.groupInstanceID = instanceID
        request.protocolType = Self.protocolType
        do {
            request.protocols = try group.assignors.map { assignor throws(ProtocolError) in
                var offered = JoinGroupRequest.GroupProtocol()
                offered.name = assignor.name
                offered.metadata = try subscription(for: assignor).encoded()
                return offered
            }
        } catch {
            return fail(
                .invalidAnswer("the subscription cannot be sent: \(error)", group: group.groupID))
        }
        phase = .joining
        requestTicket = send(.join(request))
    }

    static var protocolType: String { "consumer" }

    private func subscription(
        for assignor: PartitionAssignor
    ) throws(ProtocolError) -> ConsumerProtocolSubscription {
        var subscription = ConsumerProtocolSubscription()
        subscription.topics = topics.sorted()
        subscription.ownedPartitions = ConsumerProtocolTopic.grouping(owned)
        subscription.generationID = previous.generation
        subscription.userData =
            switch assignor {
            // Members of old do not read null.
            case .range, .roundRobin: OpaqueBytes()
            case .sticky:
                previous.generation < 0
                    ? OpaqueBytes()
                    : try StickyUserData(
                        previousAssignment: ConsumerProtocolTopic.grouping(previous.partitions),
                        generation: previous.generation
                    ).encoded()
            case .cooperativeSticky:
                CooperativeUserData.encoded(generation: previous.generation)
            }
        return subscription
    }

    mutating func joined(_ response: JoinGroupResponse, nowMs: Int64) {
        memberID = response.memberID
        generation = response.generationID
        protocolName = response.protocolName ?? ""
        isLeader = response.leader == memberID
        beginSession(nowMs: nowMs)
        guard !memberID.isEmpty, generation >= 0,
            let assignor = group.assignors.first(where: { $0.name == protocolName })
        else {
            return fail(
                .invalidAnswer(
                    "the coordinator names generation \(generation) and assignor "
                        + "\"\(protocolName)\", which this member did not offer",
                    group: group.groupID))
        }
        guard isLeader, !response.skipAssignment else { return sendSync([:]) }
        do {
            let members = try response.members.map { member throws(ProtocolError) in
                try SubscribedMember(member, assignor: assignor)
            }
            phase = .assigning
            act(.assign(assignor, members))
        } catch {
            fail(
                .invalidAnswer(
                    "a member's subscription is unreadable: \(error)", group: group.groupID))
        }
    }

    /// The answer to `assign`.
    mutating func assigned(_ shares: [String: [TopicPartition]], nowMs: Int64) {
        guard phase == .assigning else { return }
        sendSync(shares)
    }

    /// The partitions of the topics could not be found out, so that the answer to `assign` is that
    /// there is none yet.
    mutating func assignmentFailed(nowMs: Int64) {
        guard phase == .assigning else { return }
        phase = .unjoined
        pause(nowMs: nowMs)
    }

    private mutating func sendSync(_ shares: [String: [TopicPartition]]) {
        var request = SyncGroupRequest()
        request.groupID = group.groupID
        request.generationID = generation
        request.memberID = memberID
        request.groupInstanceID = instanceID
        request.protocolType = Self.protocolType
        request.protocolName = protocolName
        do {
            request.assignments = try shares.sorted { $0.key < $1.key }
                .map { memberID, partitions throws(ProtocolError) in
                    var assignment = ConsumerProtocolAssignment()
                    assignment.assignedPartitions = ConsumerProtocolTopic.grouping(partitions)
                    assignment.userData = OpaqueBytes()
                    var sent = SyncGroupRequest.Assignment()
                    sent.memberID = memberID
                    sent.assignment = try assignment.encoded()
                    return sent
                }
        } catch {
            return fail(
                .invalidAnswer("the assignment cannot be sent: \(error)", group: group.groupID))
        }
        phase = .syncing
        requestTicket = send(.sync(request))
    }

    mutating func synced(_ response: SyncGroupResponse, nowMs: Int64) {
        let bytes = response.assignment.array
        var assignment = ConsumerProtocolAssignment()
        do {
            // Without bytes the leader gave this member nothing.
            if !bytes.isEmpty {
                assignment = try unsafe ConsumerProtocolAssignment(decoding: bytes.span.bytes)
            }
        } catch {
            return fail(
                .invalidAnswer("the assignment is unreadable: \(error)", group: group.groupID))
        }
        let assigned = assignment.assignedPartitions.flatMap(\.topicPartitions)
        if let odd = assigned.first(where: { $0.partition < 0 }) {
            return fail(.invalidAnswer("the leader assigns partition \(odd)", group: group.groupID))
        }
        // A leader that does not know the latest subscription yet.
        guard assigned.allSatisfy({ topics.contains($0.topic) }) else {
            phase = .unjoined
            return pause(nowMs: nowMs)
        }
        adopt(Set(assigned))
    }

    private mutating func adopt(_ assigned: Set<TopicPartition>) {
        failures = 0
        let added = assigned.subtracting(owned)
        let revoked = owned.subtracting(assigned)
        owned = assigned
        previous = (assigned, generation)
        phase = revoked.isEmpty ? .stable : .revoking
        if !revoked.isEmpty { act(.revoke(sorted(revoked))) }
        act(.take(sorted(added)))
    }
}
