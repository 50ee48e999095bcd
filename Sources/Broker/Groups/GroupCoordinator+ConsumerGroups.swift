import CommitLog
import KafkaProtocol
import RecordFormat

// What ConsumerGroupDescribe tells of a group.

extension GroupCoordinator {
    func describeConsumerGroups(
        _ ids: [String],
        _ reply: @escaping @Sendable ([ConsumerGroupDescribeResponse.Group]) -> Void
    ) {
        eventLoop.execute { self.eventLoop.map(ids, self.describeConsumerGroup, reply) }
    }

    private func describeConsumerGroup(_ id: String) -> ConsumerGroupDescribeResponse.Group {
        var described = ConsumerGroupDescribeResponse.Group()
        described.groupID = id
        if let error = refusal(for: id) {
            described.errorCode = error
            return described
        }
        guard let group = state.groups[id]?.reconciled else {
            described.errorCode = .groupIDNotFound
            described.errorMessage = GroupRefusal.noGroup(id).message
            return described
        }
        described.groupState = group.stateName
        described.groupEpoch = group.epoch
        described.assignmentEpoch = group.assignmentEpoch
        described.assignorName = group.assignor.rawValue
        described.members = group.members.values.sorted { $0.id < $1.id }.map { member in
            var shown = ConsumerGroupDescribeResponse.Member()
            shown.memberID = member.id
            shown.instanceID = member.subscription.instanceID
            shown.rackID = member.subscription.rackID
            shown.memberEpoch = member.progress.epoch
            shown.clientID = member.subscription.clientID
            shown.clientHost = member.subscription.clientHost
            shown.subscribedTopicNames = member.subscription.topicNames.sorted()
            shown.subscribedTopicRegex = member.subscription.topicRegex
            shown.assignment = named(member.progress.assigned)
            shown.targetAssignment = named(group.target[member.id] ?? PartitionSet())
            shown.memberType = member.subscription.classic == nil ? 1 : 0
            return shown
        }
        return described
    }

    /// Without topics that were deleted.
    func named(_ partitions: PartitionSet) -> ConsumerGroupDescribeResponse.Assignment {
        var assignment = ConsumerGroupDescribeResponse.Assignment()
        assignment.topicPartitions = partitions.wire.compactMap { known in
            guard let name = log.topicName(of: known.topicID) else { return nil }
            var topic = ConsumerGroupDescribeResponse.TopicPartitions()
            topic.topicID = known.topicID
            topic.topicName = name
            topic.partitions = known.partitions
            return topic
        }
        return assignment
    }
}
