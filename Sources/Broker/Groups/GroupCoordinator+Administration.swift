import KafkaProtocol
import NIOCore
import RecordFormat

// Listing, describing and deleting groups and their offsets.

extension GroupCoordinator {
    /// All groups, in no order. While partitions are still being read there is an error besides the
    /// groups that are known.
    func list(_ reply: @escaping @Sendable (ErrorCode, [ListGroupsResponse.Group]) -> Void) {
        eventLoop.execute {
            guard self.state.isActive else { return reply(.coordinatorNotAvailable, []) }
            let isLoading = self.state.partitions.contains {
                if case .loading = $0 { true } else { false }
            }
            let groups = self.state.groups.values.map { group in
                var listed = ListGroupsResponse.Group()
                listed.groupID = group.membership.id
                if let share = group.share {
                    listed.protocolType = Self.shareType
                    listed.groupState = share.stateName
                    listed.groupType = Self.shareType
                } else if let reconciled = group.reconciled {
                    listed.protocolType = ConsumerGroup.consumerProtocolType
                    listed.groupState = reconciled.stateName
                    listed.groupType = Self.consumerType
                } else {
                    listed.protocolType = group.membership.protocolType ?? ""
                    listed.groupState = group.membership.state.rawValue
                    listed.groupType = Self.classicType
                }
                return listed
            }
            reply(isLoading ? .coordinatorLoadInProgress : .none, groups)
        }
    }

    /// Kafka's name for groups whose members assign the partitions.
    private static let classicType = "classic"
    /// And for those to whose members the broker assigns them.
    private static let consumerType = "consumer"
    /// And for those whose members read partitions together.
    private static let shareType = "share"

    func describe(
        _ ids: [String], _ reply: @escaping @Sendable ([DescribeGroupsResponse.Group]) -> Void
    ) {
        eventLoop.execute { self.eventLoop.map(ids, self.describe, reply) }
    }

    private func describe(_ id: String) -> DescribeGroupsResponse.Group {
        var described = DescribeGroupsResponse.Group()
        described.groupID = id
        if let error = refusal(for: id, allowsEmptyID: true) {
            described.errorCode = error
            return described
        }
        // Of a group of another type Kafka says the same.
        guard let group = state.groups[id], group.reconciled == nil, group.share == nil else {
            described.groupState = GroupState.dead.rawValue
            return described
        }
        let membership = group.membership
        let isStable = membership.state == .stable
        described.groupState = membership.state.rawValue
        described.protocolType = membership.protocolType ?? ""
        described.protocolData = isStable ? membership.protocolName ?? "" : ""
        described.members = membership.membersByArrival.map { member in
            var shown = DescribeGroupsResponse.Member()
            shown.memberID = member.id
            shown.groupInstanceID = member.instanceID
            shown.clientID = member.clientID
            shown.clientHost = member.clientHost
            if isStable {
                shown.memberMetadata = OpaqueBytes(
                    member.metadata(for: membership.protocolName ?? ""))
                shown.memberAssignment = OpaqueBytes(member.assignment)
            }
            return shown
        }
        return described
    }

    /// Deletes groups without members, with all that they committed.
    func delete(
        _ ids: [String], _ reply: @escaping @Sendable ([ErrorCode]) -> Void
    ) {
        eventLoop.execute {
            self.eventLoop.map(ids, self.delete) { self.deleteShareGroups(ids, $0, reply) }
        }
    }

    /// Nil of a share group without members, which takes longer.
    private func delete(_ id: String) -> ErrorCode? {
        if let error = refusal(for: id, allowsEmptyID: true) { return error }
        guard let group = state.groups[id] else { return .groupIDNotFound }
        guard group.isEmpty else { return .nonEmptyGroup }
        if group.share != nil { return nil }
        let removed = group.offsets.remove { _ in true }
        group.offsets.removeStaged { _ in true }
        discard(group, withTombstonesFor: removed)
        return ErrorCode.none
    }

    /// Deletes committed offsets, except of topics that the members read.
    func deleteOffsets(
        _ topicPartitions: [TopicPartition], group id: String,
        _ reply: @escaping @Sendable (ErrorCode, [ErrorCode]) -> Void
    ) {
        eventLoop.execute {
            if let error = self.refusal(for: id) { return reply(error, []) }
            guard let group = self.state.groups[id], group.share == nil else {
                return reply(.groupIDNotFound, [])
            }
            var kept: Set<String> = []
            if let reconciled = group.reconciled {
                kept = reconciled.subscribedTopics
            } else if group.membership.state != .empty {
                // Nobody knows what members read whose metadata cannot be decoded.
                guard let topics = group.membership.subscribedTopics else {
                    return reply(.nonEmptyGroup, [])
                }
                kept = topics
            }
            let wanted = Set(topicPartitions.filter { !kept.contains($0.topic) })
            let removed = group.offsets.remove(where: wanted.contains)
            self.writeTombstones(
                removed.map { .offset(group: id, $0, nil) }, for: id)
            reply(
                .none,
                topicPartitions.map {
                    kept.contains($0.topic) ? .groupSubscribedToTopic : .none
                })
        }
    }

    /// Forgets what all groups committed in topics that were deleted. From any thread.
    func topicsDeleted(_ topics: Set<String>) {
        eventLoop.execute {
            let state = self.state
            for index in state.partitions.indices {
                guard case .loading(var events) = state.partitions[index] else { continue }
                events.deletedTopics.formUnion(topics)
                state.partitions[index] = .loading(events)
            }
            self.forget(topics, of: Array(state.groups.values))
        }
    }

    /// Removes from these groups what they committed in topics that were deleted. That is done in
    /// one turn of the loop, since what is committed afterwards is for topics that were created
    /// again.
    func forget(_ topics: Set<String>, of groups: [CoordinatedGroup]) {
        for group in groups {
            let removed = group.offsets.remove { topics.contains($0.topic) }
            group.offsets.removeStaged { topics.contains($0.topic) }
            let id = group.membership.id
            self.writeTombstones(removed.map { .offset(group: id, $0, nil) }, for: id)
            self.perform(group)
            forgetDeletedTopics(of: group)
        }
    }

    /// Deletes the offsets that have expired, and the groups that then have nothing left.
    func expireOffsets() {
        let now = nowMs()
        eventLoop.map(Array(state.groups.values)) { self.expireOffsets(of: $0, nowMs: now) }
    }

    private func expireOffsets(of group: CoordinatedGroup, nowMs now: Int64) {
        let id = group.membership.id
        // The group may have gone while it waited for its turn.
        guard state.groups[id] === group else { return }
        if group.share != nil { return forgetDeletedTopics(of: group) }
        let retentionMs = config.offsetsRetentionMs
        let expired = Set(
            group.reconciled.map {
                group.offsets.expired(
                    besides: $0.subscribedTopics, nowMs: now, retentionMs: retentionMs)
            }
                ?? group.offsets.expired(
                    in: group.membership, nowMs: now, retentionMs: retentionMs))
        let removed = expired.isEmpty ? [] : group.offsets.remove(where: expired.contains)
        let isOver =
            group.isEmpty && group.offsets.isEmpty
            && group.membership.pendingMembers.isEmpty
        if isOver {
            discard(group, withTombstonesFor: removed)
        } else {
            writeTombstones(removed.map { .offset(group: id, $0, nil) }, for: id)
        }
    }

    func discard(
        _ group: CoordinatedGroup, withTombstonesFor topicPartitions: [TopicPartition]
    ) {
        let id = group.membership.id
        let offsets = topicPartitions.map { OffsetsTopicRecord.offset(group: id, $0, nil) }
        let all = offsets + tombstones(of: group)
        drop(group)
        writeTombstones(all, for: id)
    }

    /// What ends all that was written of a group, besides its offsets.
    func tombstones(of group: CoordinatedGroup) -> [OffsetsTopicRecord] {
        let id = group.membership.id
        // The metadata of a group that has only committed offsets was never stored.
        let membership: [OffsetsTopicRecord] =
            group.membership.generation > 0 ? [.group(id, nil)] : []
        return membership + tombstonesOfReconciled(group)
            + (group.share?.tombstones ?? []).map { .share(group: id, $0) }
    }

    /// Knows a group no more.
    func drop(_ group: CoordinatedGroup) {
        let id = group.membership.id
        state.groups[id] = nil
        count(group, 0)
        for memberID in group.membership.pendingMembers {
            state.timers?.cancel(.init(group: id, timer: .pendingMember(memberID: memberID)))
        }
    }
}
