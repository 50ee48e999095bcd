import KafkaProtocol
import RecordFormat

/// The question where a group stands in partitions that a member has got, until each has an answer.
///
/// Thread contract: a value with one owner.
struct CommittedOffsetsQuery: Hashable, Sendable {
    /// What one response brings.
    struct Answer: Hashable, Sendable {
        /// Nil where nothing was committed.
        var found: [TopicPartition: CommittedOffset?] = [:]
        /// Why some are to be asked for again; `proceed` where none is.
        var reaction = GroupReaction.proceed
    }

    let groupID: String
    /// A member of the consumer protocol; nil where the coordinator is not to check who asks.
    var member: GroupIdentity?
    private(set) var partitions: Set<TopicPartition>

    init(groupID: String, partitions: Set<TopicPartition>) {
        self.groupID = groupID
        self.partitions = partitions
    }

    /// Asks for no others any more.
    mutating func keep(_ kept: Set<TopicPartition>) { partitions.formIntersection(kept) }

    /// For every version: up to 7 it names one group, from 8 several. Offsets that an open
    /// transaction may still move are waited for (KIP-447).
    var request: OffsetFetchRequest {
        let topics = ConsumerProtocolTopic.grouping(partitions).map {
            var topic = OffsetFetchRequest.Topic()
            topic.name = $0.topic
            topic.partitionIndexes = $0.partitions
            return topic
        }
        var group = OffsetFetchRequest.Group()
        group.groupID = groupID
        group.topics = topics
        if let member {
            group.memberID = member.memberID
            group.memberEpoch = member.generation
        }
        var request = OffsetFetchRequest()
        request.groupID = groupID
        request.topics = topics
        request.groups = [group]
        request.requireStable = true
        return request
    }

    /// Takes the partitions that are answered from those that are open.
    mutating func read(
        _ response: OffsetFetchResponse, version: Int16
    ) throws(GroupError) -> Answer {
        var code = response.errorCode
        var topics = response.topics
        if version >= 8 {
            guard let group = response.groups.first(where: { $0.groupID == groupID }) else {
                throw .invalidAnswer(
                    "the answer about committed offsets lacks the group", group: groupID)
            }
            code = group.errorCode
            topics = group.topics
        }
        var answer = Answer()
        guard try proceeds(code, in: &answer, at: nil) else { return answer }
        for topic in topics {
            for partition in topic.partitions {
                let one = TopicPartition(topic: topic.name, partition: partition.partitionIndex)
                guard partitions.contains(one),
                    try proceeds(partition.errorCode, in: &answer, at: one)
                else { continue }
                partitions.remove(one)
                // −1 is nothing; a smaller one is nobody's offset.
                answer.found[one] =
                    partition.committedOffset < .zero
                    ? .some(nil)
                    : CommittedOffset(
                        partition.committedOffset, leaderEpoch: partition.committedLeaderEpoch,
                        metadata: partition.metadata ?? "")
            }
        }
        if !partitions.isEmpty, answer.reaction == .proceed { answer.reaction = .retry }
        return answer
    }

    private func proceeds(
        _ code: ErrorCode, in answer: inout Answer, at partition: TopicPartition?
    ) throws(GroupError) -> Bool {
        let reaction = GroupReaction(code, of: .offsetFetch)
        switch reaction {
        case .proceed: return true
        case .fail, .takeName:
            throw partition.map { .partition($0, code, group: groupID) }
                ?? .refused(.offsetFetch, code, group: groupID)
        default:
            answer.reaction = reaction
            return false
        }
    }
}
