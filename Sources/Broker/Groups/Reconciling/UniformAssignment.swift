import RecordFormat

/// Spreads partitions evenly. A member loses partitions only where another would have two fewer.
///
/// Of t topics with r readers and p partitions each, it takes t · (r log r + p) steps for each of at most
/// `maximumPasses` passes. Members that all subscribe to the same need one.
struct UniformAssignment {
    /// After so many passes members with different subscriptions stay as uneven as they are then.
    private static let maximumPasses = 16

    private let members: [ServerAssignor.Member]
    /// By the members' places, as `counts`.
    private var sets: [PartitionSet] = []
    private var counts: [Int] = []
    /// The places of those who subscribe to a topic.
    private var readers: [TopicID: [Int]] = [:]

    var assigned: [String: PartitionSet] {
        Dictionary(uniqueKeysWithValues: zip(members.map(\.id), sets))
    }

    init(_ members: [ServerAssignor.Member], _ partitionCounts: [TopicID: Int32]) {
        self.members = members
        for (place, member) in members.enumerated() {
            for topic in member.topics { readers[topic, default: []].append(place) }
        }
        var free = PartitionSet(
            partitionCounts.filter { readers[$0.key] != nil }.mapValues { Set(0..<$0) })
        for member in members {
            let kept = member.previous.filter { [free] topic, partition in
                member.topics.contains(topic) && free.contains(partition, of: topic)
            }
            free = free.subtracting(kept)
            sets.append(kept)
            counts.append(kept.count)
        }
        // Topics with the fewest readers first, since their partitions have the least choice.
        let topics = readers.sorted {
            $0.value.count == $1.value.count
                ? $0.key.precedes($1.key) : $0.value.count < $1.value.count
        }.map(\.key)
        for topic in topics { give(free.topics[topic] ?? [], of: topic) }
        for _ in 0..<Self.maximumPasses {
            var hasMoved = false
            for topic in topics where level(topic) { hasMoved = true }
            if !hasMoved { break }
        }
    }

    private func byCount(_ places: [Int]) -> [Int] {
        places.sorted { counts[$0] == counts[$1] ? $0 < $1 : counts[$0] < counts[$1] }
    }

    /// Gives each partition to whoever has the fewest of those who subscribe.
    private mutating func give(_ free: Set<Int32>, of topic: TopicID) {
        guard !free.isEmpty, let places = readers[topic] else { return }
        var poor = LevelledPlaces(byCount(places), counts)
        for partition in free.sorted() {
            guard let place = poor.current else { return }
            sets[place].insert(partition, of: topic)
            counts[place] += 1
            poor.advance(by: 1, counts)
        }
    }

    /// Moves the topic's partitions from those who have most to those who have at least two fewer.
    private mutating func level(_ topic: TopicID) -> Bool {
        guard let places = readers[topic] else { return false }
        let ordered = byCount(places)
        var left: [Int: [Int32]] = [:]
        var poor = LevelledPlaces(ordered, counts)
        var rich = LevelledPlaces(
            ordered.reversed().filter { sets[$0].topics[topic] != nil }, counts)
        var hasMoved = false
        while let from = rich.current, let to = poor.current, counts[to] + 1 < counts[from] {
            var own = left[from] ?? (sets[from].topics[topic] ?? []).sorted()
            guard let partition = own.popLast() else { return hasMoved }
            let isLast = own.isEmpty
            left[from] = own
            sets[from].remove(partition, of: topic)
            sets[to].insert(partition, of: topic)
            counts[from] -= 1
            counts[to] += 1
            rich.advance(by: -1, counts, dropping: isLast)
            poor.advance(by: 1, counts)
            hasMoved = true
        }
        return hasMoved
    }
}

/// Members in the order of their counts, from one end, of whom those at that end change by one in turn.
private struct LevelledPlaces {
    private var places: [Int]
    /// Those in turn have the count `level`, or, up to `index`, already the next one.
    private var turn: Range<Int> = 0..<0
    private var index = 0
    private var level = 0

    init(_ places: [Int], _ counts: [Int]) {
        self.places = places
        if let first = places.first { level = counts[first] }
        extend(counts)
    }

    var current: Int? { turn.contains(index) ? places[index] : nil }

    /// The current one's count has changed by `step`.
    ///
    /// - Parameter dropping: whether it is not to change again.
    mutating func advance(by step: Int, _ counts: [Int], dropping: Bool = false) {
        if dropping {
            places.swapAt(index, turn.lowerBound)
            turn = turn.lowerBound + 1..<turn.upperBound
        }
        index += 1
        guard index == turn.upperBound else { return }
        level += step
        index = turn.lowerBound
        if turn.isEmpty, turn.upperBound < places.count {
            level = counts[places[turn.upperBound]]
        }
        extend(counts)
    }

    private mutating func extend(_ counts: [Int]) {
        var end = turn.upperBound
        while end < places.count, counts[places[end]] == level { end += 1 }
        turn = turn.lowerBound..<end
    }
}
