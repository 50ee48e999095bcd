import RecordFormat

/// Kafka's assignor `sticky`: as balanced as the subscriptions allow, and of the balanced
/// assignments one that moves few partitions.
struct StickyAssignment {
    private let members: [SubscribedMember]
    /// All partitions that somebody subscribes to, by topic and partition.
    private let partitions: [TopicPartition]
    /// Whom each partition belongs to, as a place in `members`.
    private var owners: [TopicPartition: Int] = [:]
    /// How many partitions each member has.
    private var loads: [Int]

    static func assign(
        _ members: [SubscribedMember], partitionCounts: [String: Int32]
    ) -> [String: [TopicPartition]] {
        var assignment = StickyAssignment(members, partitionCounts)
        guard let topics = members.first?.topics else { return [:] }
        if members.allSatisfy({ $0.topics == topics }) {
            assignment.keepUpToTheQuota()
        } else {
            assignment.keepAll()
        }
        assignment.giveAwayTheRest()
        assignment.balance()
        return assignment.shares
    }

    private init(_ members: [SubscribedMember], _ partitionCounts: [String: Int32]) {
        self.members = members
        loads = Array(repeating: 0, count: members.count)
        let subscribed = members.reduce(into: Set()) { $0.formUnion($1.topics) }
        partitions = partitionCounts.filter { subscribed.contains($0.key) }
            .flatMap { topic, count in
                (0..<count).map { TopicPartition(topic: topic, partition: $0) }
            }
            .sorted(by: TopicPartition.comesBefore)
    }

    /// Partitions that members had, in their own order, as places in `partitions`. Where two claim
    /// one, the later generation has it; of one generation both would be wrong, so nobody has it.
    private var claims: [[TopicPartition]] {
        let existing = Set(partitions)
        var best: [TopicPartition: (generation: Int32, member: Int?)] = [:]
        for (place, member) in members.enumerated() {
            for one in Set(member.owned)
            where existing.contains(one) && member.topics.contains(one.topic) {
                let other = best[one]
                if let other, other.generation > member.generation { continue }
                let isContested = other?.generation == member.generation
                best[one] = (member.generation, isContested ? nil : place)
            }
        }
        return members.enumerated().map { place, member in
            var seen: Set<TopicPartition> = []
            return member.owned.filter { best[$0]?.member == place && seen.insert($0).inserted }
        }
    }

    /// If all members subscribe to the same topics, each keeps as many as its share of all, and as
    /// many members one more as there must be.
    private mutating func keepUpToTheQuota() {
        let (least, extra) = partitions.count.quotientAndRemainder(dividingBy: members.count)
        var extraLeft = extra
        for (place, claimed) in claims.enumerated() {
            let getsOneMore = claimed.count > least && extraLeft > 0
            if getsOneMore { extraLeft -= 1 }
            for one in claimed.prefix(least + (getsOneMore ? 1 : 0)) { give(one, to: place) }
        }
    }

    private mutating func keepAll() {
        for (place, claimed) in claims.enumerated() {
            for one in claimed { give(one, to: place) }
        }
    }

    /// Each partition without an owner goes to the subscriber that has least; of several, to the
    /// first.
    private mutating func giveAwayTheRest() {
        for one in partitions where owners[one] == nil {
            if let place = leastLoaded(for: one.topic) { give(one, to: place) }
        }
    }

    /// Moves partitions while a subscriber has at least two fewer than the owner. Each move makes
    /// the sum of the squares of the loads smaller, so this ends.
    private mutating func balance() {
        var hasMoved = true
        while hasMoved {
            hasMoved = false
            for one in partitions {
                guard let owner = owners[one], let place = leastLoaded(for: one.topic),
                    loads[owner] > loads[place] + 1
                else { continue }
                loads[owner] -= 1
                give(one, to: place)
                hasMoved = true
            }
        }
    }

    private mutating func give(_ partition: TopicPartition, to place: Int) {
        owners[partition] = place
        loads[place] += 1
    }

    private func leastLoaded(for topic: String) -> Int? {
        members.indices.filter { members[$0].topics.contains(topic) }
            .min { loads[$0] < loads[$1] }
    }

    private var shares: [String: [TopicPartition]] {
        var shares = Dictionary(members.map { ($0.memberID, [TopicPartition]()) }) { $1 }
        for one in partitions {
            if let place = owners[one] { shares[members[place].memberID]?.append(one) }
        }
        return shares
    }
}
