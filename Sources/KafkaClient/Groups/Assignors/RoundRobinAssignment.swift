import RecordFormat

/// Kafka's assignor `roundrobin`: all partitions in order, each to the next member that subscribes
/// to its topic.
enum RoundRobinAssignment {
    static func assign(
        _ members: [SubscribedMember], partitionCounts: [String: Int32]
    ) -> [String: [TopicPartition]] {
        var shares = Dictionary(members.map { ($0.memberID, [TopicPartition]()) }) { $1 }
        var next = 0
        for topic in partitionCounts.keys.sorted(by: { $0.comesBeforeAsInJava($1) }) {
            guard let count = partitionCounts[topic],
                members.contains(where: { $0.topics.contains(topic) })
            else { continue }
            for partition in 0..<count {
                while !members[next % members.count].topics.contains(topic) { next += 1 }
                let member = members[next % members.count]
                shares[member.memberID]?.append(
                    TopicPartition(topic: topic, partition: partition))
                next += 1
            }
        }
        return shares
    }
}
