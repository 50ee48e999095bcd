import CommitLog
import KafkaProtocol
import RecordFormat

// OffsetFetch, versions 1–10: up to version 7 one group, from 8 several; by topic ids from 10 on. No
// deviations from Kafka: a group or a partition that is not known has offset −1 and no error.

struct OffsetFetchHandler: RequestHandler {
    let groups: GroupCoordinator
    let log: LogDirectory

    /// Earlier versions have an error of the whole request in each partition.
    private static let firstGroupErrorVersion: Int16 = 2
    private static let firstBatchedVersion: Int16 = 8
    private static let firstVersionByID: Int16 = 10

    func handle(
        _ request: OffsetFetchRequest, _ context: RequestContext,
        _ reply: Reply<OffsetFetchResponse>
    ) {
        let version = context.version
        guard version < Self.firstBatchedVersion else {
            let isByID = version >= Self.firstVersionByID
            let asked = isByID ? request.groups.map(named) : request.groups
            fetch(asked, request, context) { groups in
                var response = OffsetFetchResponse()
                response.groups =
                    isByID
                    ? zip(request.groups, groups).map { identified($1, askedFor: $0) } : groups
                reply(response, isLarge: Self.isLarge(groups))
            }
            return
        }
        var group = OffsetFetchRequest.Group()
        group.groupID = request.groupID
        group.topics = request.topics
        fetch([group], request, context) { groups in
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

    /// The answers to what is asked, as far as the client may know of it. Groups come first, then topics.
    private func fetch(
        _ asked: [OffsetFetchRequest.Group], _ request: OffsetFetchRequest,
        _ context: RequestContext,
        _ answer: @escaping @Sendable ([OffsetFetchResponse.Group]) -> Void
    ) {
        guard context.authorizer != nil else {
            return groups.fetchOffsets(
                of: asked, requireStable: request.requireStable, answer)
        }
        let allowed = asked.map { context.allows(.group, $0.groupID) }
        var denied: [Int: [OffsetFetchRequest.Topic]] = [:]
        var permitted: [OffsetFetchRequest.Group] = []
        for (index, group) in asked.enumerated() where allowed[index] {
            var group = group
            if let topics = group.topics {
                // Asked once a topic: what may be done can change in between.
                let mayKnow = topics.map { context.allows(.topic, $0.name) }
                denied[index] = zip(topics, mayKnow).filter { !$1 }.map(\.0)
                group.topics = zip(topics, mayKnow).filter { $1 }.map(\.0)
            }
            permitted.append(group)
        }
        groups.fetchOffsets(
            of: permitted, requireStable: request.requireStable
        ) { [denied] groups in
            var fetched = groups[...]
            answer(
                asked.indices.map { index in
                    guard allowed[index], var group = fetched.popFirst() else {
                        var group = OffsetFetchResponse.Group()
                        group.groupID = asked[index].groupID
                        group.errorCode = .groupAuthorizationFailed
                        return group
                    }
                    if let denied = denied[index] {
                        guard group.errorCode == .none else { return group }
                        group.topics += Self.failed(denied, .topicAuthorizationFailed)
                    } else {
                        // All were asked for.
                        group.topics.removeAll { !context.allows(.topic, $0.name, logs: false) }
                    }
                    return group
                })
        }
    }

    /// The group with its topics by name, without those whose ids are not known.
    private func named(_ group: OffsetFetchRequest.Group) -> OffsetFetchRequest.Group {
        var group = group
        group.topics = group.topics?.compactMap { topic in
            guard let name = log.topicName(of: topic.topicID) else { return nil }
            var named = topic
            named.name = name
            return named
        }
        return group
    }

    /// The answer with ids. What was committed in topics that are gone has none, and is left out
    /// where all topics are asked for.
    private func identified(
        _ answer: OffsetFetchResponse.Group, askedFor asked: OffsetFetchRequest.Group
    ) -> OffsetFetchResponse.Group {
        var group = answer
        group.topics = answer.topics.compactMap { topic in
            guard let id = log.topicID(of: topic.name) else { return nil }
            var identified = topic
            identified.topicID = id
            return identified
        }
        guard group.errorCode == .none else { return group }
        let answered = Set(group.topics.map(\.topicID))
        let unknown = (asked.topics ?? []).filter { !answered.contains($0.topicID) }
        group.topics += Self.failed(unknown, .unknownTopicID)
        return group
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
            answered.topicID = topic.topicID
            answered.partitions = topic.partitionIndexes.map {
                var partition = GroupCoordinator.partition($0, nil)
                partition.errorCode = error
                return partition
            }
            return answered
        }
    }
}
