import RecordFormat

/// Kafka's assignor `range`: of each topic, each of its n subscribers gets an n-th, in one piece,
/// and the first ones get one more where that does not come out even.
enum RangeAssignment {
    static func assign(
        _ members: [SubscribedMember], partitionCounts: [String: Int32]
    ) -> [String: [TopicPartition]] {
        var shares = Dictionary(members.map { ($0.memberID, [TopicPartition]()) }) { $1 }
        for topic in partitionCounts.keys.sorted(by: { $0.comesBeforeAsInJava($1) }) {
            let subscribers = members.filter { $0.topics.contains(topic) }
            guard let count = partitionCounts[topic], !subscribers.isEmpty else { continue }
            let (least, extra) = Int(count).quotientAndRemainder(dividingBy: subscribers.count)
            var next: Int32 = 0
            for (place, member) in subscribers.enumerated() {
                let end = next + Int32(least + (place < extra ? 1 : 0))
                shares[member.memberID]? += (next..<end).map {
                    TopicPartition(topic: topic, partition: $0)
                }
                next = end
            }
        }
        return shares
    }
}
