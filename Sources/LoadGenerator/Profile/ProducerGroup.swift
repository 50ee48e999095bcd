/// One of several groups of producers: each has settings, payload, keys and topics of its own.
public struct ProducerGroup: Hashable, Sendable {
    public let name: String
    /// The profile of the whole run as it is for this group alone.
    public let profile: Profile
}

extension Profile {
    static let maximumProducerGroups = 100

    /// The groups, in the order of their producers' numbers; one without a name where the profile has no
    /// list of them.
    public var loads: [ProducerGroup] {
        producerGroups.isEmpty ? [ProducerGroup(name: "", profile: self)] : producerGroups
    }

    /// All producers together.
    public var producerCount: Int { loads.reduce(0) { $0 + $1.profile.producers.count } }

    /// The topics that producers write to, each once.
    public var producedTopics: [TopicSettings] {
        var all: [TopicSettings] = []
        for topics in loads.map(\.profile.topics) where !all.contains(topics) { all.append(topics) }
        return all
    }

    /// Whether some topics that producers write to are there already.
    var hasExisting: Bool { producedTopics.contains(where: \.existing) }

    /// Whether some producers take records when there is room for them, and not by a schedule.
    var isClosedLoop: Bool { loads.contains { $0.profile.producers.rate == .max } }
}
