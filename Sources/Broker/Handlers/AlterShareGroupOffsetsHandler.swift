import CommitLog
import KafkaProtocol
import RecordFormat

// AlterShareGroupOffsets, version 0. As in Kafka, a group that is not there is made, and offset −1 lets the group begin
// anew as its settings say. Other offsets below 0 are INVALID_REQUEST, where Kafka takes them.

struct AlterShareGroupOffsetsHandler: RequestHandler {
    let groups: GroupCoordinator
    let log: LogDirectory

    func handle(
        _ request: AlterShareGroupOffsetsRequest, _ context: RequestContext,
        _ reply: Reply<AlterShareGroupOffsetsResponse>
    ) {
        guard context.allows(.group, request.groupID) else {
            return reply(.failure(GroupRefusal(.groupAuthorizationFailed, "")))
        }
        let denied = context.deniedTopics(request.topics.lazy.map(\.topicName))
        var response = AlterShareGroupOffsetsResponse()
        var changes: [ShareStartChange] = []
        // Where in the answer each of them is.
        var places: [(topic: Int, partition: Int)] = []
        for (place, topic) in request.topics.enumerated() {
            var answered = AlterShareGroupOffsetsResponse.Topic()
            answered.topicName = topic.topicName
            let isDenied = denied.contains(topic.topicName)
            let count = isDenied ? 0 : log.partitions(of: topic.topicName)?.count ?? 0
            answered.topicID = isDenied ? .none : log.topicID(of: topic.topicName) ?? .none
            for partition in topic.partitions {
                let index = partition.partitionIndex
                var code = ErrorCode.none
                if isDenied {
                    code = .topicAuthorizationFailed
                } else if index < 0 || index >= count {
                    code = .unknownTopicOrPartition
                } else if partition.startOffset < Offset(-1) {
                    code = .invalidRequest
                } else {
                    places.append((place, answered.partitions.count))
                    changes.append(
                        ShareStartChange(
                            topicID: answered.topicID, topicName: topic.topicName,
                            partition: index, offset: partition.startOffset))
                }
                answered.partitions.append(Self.partition(index, code))
            }
            response.responses.append(answered)
        }
        groups.alterShareOffsets(changes, group: request.groupID) { [response, places] result in
            switch result {
            case .failure(let refusal): reply(.failure(refusal))
            case .success(let codes):
                var response = response
                for (place, code) in zip(places, codes) {
                    let index = response.responses[place.topic].partitions[place.partition]
                        .partitionIndex
                    response.responses[place.topic].partitions[place.partition] =
                        Self.partition(index, code)
                }
                reply(response)
            }
        }
    }

    private static func partition(
        _ index: Int32, _ code: ErrorCode
    ) -> AlterShareGroupOffsetsResponse.Partition {
        var partition = AlterShareGroupOffsetsResponse.Partition()
        partition.partitionIndex = index
        partition.errorCode = code
        partition.errorMessage = code == .none ? nil : code.name
        return partition
    }
}
