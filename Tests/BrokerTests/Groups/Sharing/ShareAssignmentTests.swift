import RecordFormat
import Testing

@testable import Broker

@Suite("The assignor of share groups")
struct ShareAssignmentTests {
    private static func id(_ number: UInt64) -> TopicID {
        TopicID(mostSignificantBits: 0, leastSignificantBits: number)
    }

    private static func member(
        _ id: String, _ topics: [UInt64], _ previous: PartitionSet = PartitionSet()
    ) -> ShareAssignment.Member {
        ShareAssignment.Member(id: id, topics: Set(topics.map(Self.id)), previous: previous)
    }

    /// How many members have each partition of a topic.
    private static func readers(
        _ assigned: [ExactName: PartitionSet], _ topic: UInt64, _ count: Int32
    ) -> [Int] {
        (0..<count).map { partition in
            assigned.values.count { $0.contains(partition, of: id(topic)) }
        }
    }

    /// Every partition has as many readers as the others, and members differ by one partition at most.
    private static func check(
        _ assigned: [ExactName: PartitionSet], _ members: [ShareAssignment.Member],
        _ counts: [UInt64: Int32]
    ) {
        let partitionCount = Int(counts.values.reduce(0, +))
        let share =
            partitionCount == 0 ? 0 : (members.count + partitionCount - 1) / partitionCount
        for (topic, count) in counts {
            #expect(readers(assigned, topic, count).allSatisfy { $0 == share })
        }
        let sizes = members.map { assigned[$0.id]?.count ?? -1 }
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        #expect(sizes.reduce(0, +) == share * partitionCount)
    }

    @Test("gives each partition equally many members and each member equally many partitions")
    func level() {
        var generator = SeededGenerator(test: "share assignment")
        for _ in 0..<300 {
            var counts: [UInt64: Int32] = [:]
            for topic in 0..<UInt64.random(in: 1...3, using: &generator) {
                counts[topic] = Int32.random(in: 1...7, using: &generator)
            }
            let topics = Array(counts.keys)
            let byID = Dictionary(uniqueKeysWithValues: counts.map { (Self.id($0.key), $0.value) })
            var members: [ShareAssignment.Member] = []
            var assigned: [ExactName: PartitionSet] = [:]
            // Members come and go, and each keeps what it had.
            for step in 0..<6 {
                members.removeAll { _ in Int.random(in: 0..<4, using: &generator) == 0 }
                for index in 0..<Int.random(in: 0...9, using: &generator) {
                    members.append(Self.member("m\(step)-\(index)", topics))
                }
                members = members.map { Self.member($0.id, topics, assigned[$0.id] ?? .init()) }
                assigned = ShareAssignment(members, partitionCounts: byID).assigned
                guard !members.isEmpty else {
                    #expect(assigned.isEmpty)
                    continue
                }
                Self.check(assigned, members, counts)
            }
        }
    }

    @Test("moves nothing while nothing changes, and as little as it must for a new member")
    func keeps() {
        let counts = [Self.id(0): Int32(6)]
        let first = ShareAssignment(
            ["a", "b"].map { Self.member($0, [0]) }, partitionCounts: counts
        ).assigned
        let same = ShareAssignment(
            ["a", "b"].map { Self.member($0, [0], first[$0] ?? .init()) }, partitionCounts: counts
        ).assigned
        #expect(same == first)
        let third = ShareAssignment(
            ["a", "b", "c"].map { Self.member($0, [0], first[$0] ?? .init()) },
            partitionCounts: counts
        ).assigned
        for member in ["a", "b"] {
            #expect(third[member]?.isSubset(of: first[member] ?? .init()) == true)
        }
        #expect(third["c"]?.count == 2)
    }

    @Test("exchanges partitions where whoever has room has the partition already")
    func exchanges() {
        let topic = Self.id(0)
        let members = [
            Self.member("a", [0], PartitionSet([topic: [1]])),
            Self.member("b", [0], PartitionSet([topic: [0]])),
            Self.member("c", [0], PartitionSet([topic: [0]])),
        ]
        let assigned = ShareAssignment(members, partitionCounts: [topic: 2]).assigned
        Self.check(assigned, members, [0: 2])
    }

    @Test("spreads each topic by itself among those who subscribe to it, where they differ")
    func different() {
        let members = [
            Self.member("a", [0]), Self.member("b", [1]), Self.member("c", [0, 1]),
            Self.member("d", []),
        ]
        let assigned = ShareAssignment(
            members, partitionCounts: [Self.id(0): 4, Self.id(1): 2]
        ).assigned
        #expect(Self.readers(assigned, 0, 4) == [1, 1, 1, 1])
        #expect(Self.readers(assigned, 1, 2) == [1, 1])
        #expect(assigned["a"]?.count == 2 && assigned["b"]?.count == 1)
        #expect(assigned["c"]?.count == 3 && assigned["d"]?.isEmpty == true)
    }

    @Test("takes away what a member does not subscribe to any more, and partitions that are gone")
    func takesAway() {
        let previous = PartitionSet([Self.id(0): [0, 9], Self.id(1): [0]])
        let assigned = ShareAssignment(
            [Self.member("a", [0], previous)], partitionCounts: [Self.id(0): 2]
        ).assigned
        #expect(assigned == [ExactName("a"): PartitionSet([Self.id(0): [0, 1]])])
        let nothing = ShareAssignment([Self.member("a", [0])], partitionCounts: [Self.id(0): 0])
        #expect(nothing.assigned == [ExactName("a"): PartitionSet()])
    }
}
