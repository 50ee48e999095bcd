import KafkaProtocol

// OffsetFetch, versions 1–8: up to version 7 one group, from 8 several. No deviations from Kafka: a
// group or a partition that is not known has offset −1 and no error.

struct OffsetFetchHandler: RequestHandler {
    let groups: GroupCoordinator

    /// Earlier versions have an error of the whole request in each partition.
    private static let firstGroupErrorVersion: Int16 = 2
    private static let firstBatchedVersion: Int16 = 8

    func handle(
        _ request: OffsetFetchRequest, _ context: RequestContext,
        _ reply: Reply<OffsetFetchResponse>
    ) {
        let version = context.version
        guard version < Self.firstBatchedVersion else {
            groups.fetchOffsets(of: request.groups, requireStable: request.requireStable) {
                var response = OffsetFetchResponse()
                response.groups = $0
                reply(response, isLarge: Self.isLarge($0))
            }
            return
        }
        var group = OffsetFetchRequest.Group()
        group.groupID = request.groupID
        group.topics = request.topics
        groups.fetchOffsets(of: [group], requireStable: request.requireStable) { groups in
            var response = OffsetFetchResponse()
            if let answered = groups.first {
                response.errorCode = answered.errorCode
                response.topics = answered.topics
            }
            if version < Self.firstGroupErrorVersion, response.errorCode != .none {
                response.topics = Self.failed(request.topics ?? [], response.errorCode)
            }
            reply(response, isLarge: Self.isLarge(groups))
        }
    }

    /// Whether encoding it holds an event loop for too long.
    private static func isLarge(_ groups: [OffsetFetchResponse.Group]) -> Bool {
        groups.reduce(0) { $1.topics.reduce($0 + 1) { $0 + $1.partitions.count } } > 500
    }

    private static func failed(
        _ topics: [OffsetFetchRequest.Topic], _ error: ErrorCode
    ) -> [OffsetFetchResponse.Topic] {
        topics.map { topic in
            var answered = OffsetFetchResponse.Topic()
            answered.name = topic.name
            answered.partitions = topic.partitionIndexes.map {
                var partition = GroupCoordinator.partition($0, nil)
                partition.errorCode = error
                return partition
            }
            return answered
        }
    }
}
