import KafkaProtocol
import RecordFormat

/// The ids under which the topics of a request about offsets went, so that those of its answer have names
/// again. From version 10 on such requests have ids in place of names.
struct OffsetTopicIDs: Sendable {
    private var names: [TopicID: String] = [:]
    private var isWhole = true

    /// 9 where a topic has no id that is known.
    var highestVersion: Int16 { isWhole ? .max : OffsetCommitRequest.lastVersionByName }

    fileprivate mutating func note(_ id: TopicID, of name: String) {
        names[id] = name
        if id == .none { isWhole = false }
    }

    /// Empty, as no topic is called, for an id that nobody asked for.
    fileprivate func name(_ id: TopicID, or name: String) -> String {
        id == .none ? name : names[id] ?? ""
    }
}

extension OffsetCommitRequest {
    /// Later ones have the ids of topics in place of their names.
    static let lastVersionByName: Int16 = 9

    /// Fills in the ids.
    mutating func identifyTopics(_ id: (String) -> TopicID) -> OffsetTopicIDs {
        var ids = OffsetTopicIDs()
        for place in topics.indices {
            topics[place].topicID = id(topics[place].name)
            ids.note(topics[place].topicID, of: topics[place].name)
        }
        return ids
    }
}

extension OffsetCommitResponse {
    func namingTopics(by ids: OffsetTopicIDs) -> OffsetCommitResponse {
        var named = self
        for place in topics.indices {
            named.topics[place].name = ids.name(topics[place].topicID, or: topics[place].name)
        }
        return named
    }

    /// Whether the broker has another topic under one of the names by now.
    var hasUnknownTopicID: Bool {
        topics.contains { $0.partitions.contains { $0.errorCode == .unknownTopicID } }
    }
}

extension OffsetFetchRequest {
    /// Later ones have the ids of topics in place of their names.
    static let lastVersionByName: Int16 = 9

    /// Fills in the ids.
    mutating func identifyTopics(_ id: (String) -> TopicID) -> OffsetTopicIDs {
        var ids = OffsetTopicIDs()
        for place in groups.indices {
            groups[place].topics = groups[place].topics?.map {
                var topic = $0
                topic.topicID = id(topic.name)
                ids.note(topic.topicID, of: topic.name)
                return topic
            }
        }
        return ids
    }
}

extension OffsetFetchResponse {
    func namingTopics(by ids: OffsetTopicIDs) -> OffsetFetchResponse {
        var named = self
        for group in groups.indices {
            for place in groups[group].topics.indices {
                let topic = groups[group].topics[place]
                named.groups[group].topics[place].name = ids.name(topic.topicID, or: topic.name)
            }
        }
        return named
    }

    /// Whether the broker has another topic under one of the names by now.
    var hasUnknownTopicID: Bool {
        groups.contains { group in
            group.topics.contains { $0.partitions.contains { $0.errorCode == .unknownTopicID } }
        }
    }
}
