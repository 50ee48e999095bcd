import RecordFormat

/// Who of a share group reads which partitions: Kafka's assignor `simple`.
///
/// Each partition gets as many readers as every other, at least one, so that every member has something to read where
/// there is a partition; and members have equally many partitions, but for one. Members keep what they had, as far as
/// that allows. Where all subscribe to the same topics that holds of all partitions together, else of each topic's.
struct ShareAssignment {
    struct Member {
        var id: String
        var topics: Set<TopicID>
        /// What was assigned to it last.
        var previous: PartitionSet
    }

    static let assignorName = "simple"

    private(set) var assigned: [ExactName: PartitionSet]

    /// - Parameter partitionCounts: of all topics that members subscribe to.
    init(_ members: [Member], partitionCounts: [TopicID: Int32]) {
        assigned = Dictionary(
            uniqueKeysWithValues: members.map { (ExactName($0.id), PartitionSet()) })
        let ordered = members.sorted { $0.id < $1.id }
        let topics = partitionCounts.keys.sorted { $0.precedes($1) }
        if let first = ordered.first, ordered.allSatisfy({ $0.topics == first.topics }) {
            spread(topics.filter(first.topics.contains), partitionCounts, ordered)
        } else {
            for topic in topics {
                spread([topic], partitionCounts, ordered.filter { $0.topics.contains(topic) })
            }
        }
    }

    private mutating func spread(
        _ topics: [TopicID], _ partitionCounts: [TopicID: Int32], _ members: [Member]
    ) {
        let partitions = topics.flatMap { topic in
            (0..<(partitionCounts[topic] ?? 0)).map {
                TopicIDPartition(topicID: topic, partition: $0)
            }
        }
        guard !members.isEmpty, !partitions.isEmpty else { return }
        var pool = SharePool(members, partitions)
        pool.keep(members.map(\.previous))
        pool.fill()
        for (place, holders) in pool.holders.enumerated() {
            let partition = partitions[place]
            for holder in holders {
                assigned[members[holder].id]?.insert(partition.partition, of: partition.topicID)
            }
        }
    }
}

/// Partitions with equally many holders each, of members with equally many each, but for one. Both go by their places.
private struct SharePool {
    private let partitions: [TopicIDPartition]
    /// How many holders each partition is to get.
    private let share: Int
    /// How many partitions each member may still get.
    private var room: [Int]
    /// By partition.
    private(set) var holders: [[Int]]

    init(_ members: [ShareAssignment.Member], _ partitions: [TopicIDPartition]) {
        self.partitions = partitions
        share = (members.count + partitions.count - 1) / partitions.count
        let total = share * partitions.count
        let count = members.count
        room = (0..<count).map { place in
            // The first parts of the whole, rounded up, so that the sum is right.
            (total * (place + 1) + count - 1) / count - (total * place + count - 1) / count
        }
        holders = Array(repeating: [], count: partitions.count)
    }

    /// Lets members have what they had, where neither they nor the partition get too much.
    mutating func keep(_ previous: [PartitionSet]) {
        let places = Dictionary(
            uniqueKeysWithValues: partitions.enumerated().map { ($0.element, $0.offset) })
        for (member, set) in previous.enumerated() {
            // In an order that is always the same.
            let known = set.topics.flatMap { topic, indexes in
                indexes.compactMap { places[TopicIDPartition(topicID: topic, partition: $0)] }
            }.sorted()
            // Those first that nobody else has yet.
            for place in known.sorted(by: { holders[$0].count < holders[$1].count })
            where room[member] > 0 && holders[place].count < share {
                holders[place].append(member)
                room[member] -= 1
            }
        }
    }

    /// Gives each partition the holders that it lacks.
    mutating func fill() {
        var next = 0
        for place in partitions.indices {
            while holders[place].count < share {
                if let member = memberWithRoom(from: &next, besides: holders[place]) {
                    holders[place].append(member)
                    room[member] -= 1
                } else if !exchange(into: place) {
                    return
                }
            }
        }
    }

    private func memberWithRoom(from next: inout Int, besides taken: [Int]) -> Int? {
        for step in 0..<room.count {
            let member = (next + step) % room.count
            if room[member] > 0, !taken.contains(member) {
                next = (member + 1) % room.count
                return member
            }
        }
        return nil
    }

    /// Whoever has room already has the partition: it gets another one, one of whose holders moves here. There is one,
    /// since that partition has more holders than this, and nobody is to have more partitions than there are.
    private mutating func exchange(into place: Int) -> Bool {
        for member in room.indices where room[member] > 0 {
            for other in partitions.indices where !holders[other].contains(member) {
                let moving = holders[other].firstIndex { !holders[place].contains($0) }
                guard let moving else { continue }
                holders[place].append(holders[other][moving])
                holders[other][moving] = member
                room[member] -= 1
                return true
            }
        }
        return false
    }
}
