import RecordFormat
import Testing

@testable import Broker

@Suite("The broker's assignors")
struct ServerAssignorTests {
    private func id(_ number: UInt64) -> TopicID {
        TopicID(mostSignificantBits: 0, leastSignificantBits: number)
    }

    private func member(
        _ id: String, _ topics: [UInt64], instanceID: String? = nil,
        previous: PartitionSet = PartitionSet()
    ) -> ServerAssignor.Member {
        ServerAssignor.Member(
            id: id, instanceID: instanceID, topics: Set(topics.map(self.id)), previous: previous)
    }

    /// Everything is assigned once, to somebody who subscribes to it.
    private func check(
        _ assigned: [String: PartitionSet], _ members: [ServerAssignor.Member],
        _ counts: [TopicID: Int32]
    ) {
        var seen = PartitionSet()
        for member in members {
            let own = assigned[member.id] ?? PartitionSet()
            #expect(own.intersection(seen).isEmpty)
            #expect(Set(own.topics.keys).isSubset(of: member.topics))
            seen = seen.union(own)
        }
        let subscribed = Set(members.flatMap(\.topics))
        let all = PartitionSet(
            counts.filter { subscribed.contains($0.key) }.mapValues { Set(0..<$0) })
        #expect(seen == all)
    }

    /// No partition has a better place.
    private func checkIsLevel(
        _ assigned: [String: PartitionSet], _ members: [ServerAssignor.Member]
    ) {
        for rich in members {
            let own = assigned[rich.id] ?? PartitionSet()
            for topic in own.topics.keys {
                for poor in members where poor.topics.contains(topic) {
                    #expect((assigned[poor.id]?.count ?? 0) + 1 >= own.count)
                }
            }
        }
    }

    @Test(
        "give each partition to one member that subscribes to it",
        arguments: ServerAssignor.allCases)
    func whole(_ assignor: ServerAssignor) {
        var generator = SeededGenerator(test: "assignor \(assignor)")
        for _ in 0..<200 {
            let topicCount = UInt64.random(in: 0...4, using: &generator)
            let counts = Dictionary(
                uniqueKeysWithValues: (0..<topicCount).map {
                    (id($0), Int32.random(in: 1...20, using: &generator))
                })
            let members = (0..<Int.random(in: 0...6, using: &generator)).map { index in
                member(
                    "m\(index)",
                    (0..<topicCount).filter { _ in Bool.random(using: &generator) })
            }
            let assigned = assignor.assign(members, partitionCounts: counts)
            check(assigned, members, counts)
            if assignor == .uniform { checkIsLevel(assigned, members) }
            #expect(Set(assigned.keys) == Set(members.map(\.id)))
        }
    }

    @Test("spread partitions evenly, and move as few as possible")
    func uniform() {
        let counts = [id(1): Int32(7), id(2): 5]
        var members = ["a", "b", "c"].map { member($0, [1, 2]) }
        var assigned = ServerAssignor.uniform.assign(members, partitionCounts: counts)
        #expect(assigned.values.map(\.count).sorted() == [4, 4, 4])
        // What is assigned stays so.
        for index in members.indices {
            members[index].previous = assigned[members[index].id] ?? PartitionSet()
        }
        #expect(ServerAssignor.uniform.assign(members, partitionCounts: counts) == assigned)
        // A fourth one gets a share, and nothing else moves.
        members.append(member("d", [1, 2]))
        let before = assigned
        assigned = ServerAssignor.uniform.assign(members, partitionCounts: counts)
        #expect(assigned.values.map(\.count) == [3, 3, 3, 3])
        for name in ["a", "b", "c"] {
            #expect(assigned[name]?.isSubset(of: before[name] ?? PartitionSet()) == true)
        }
        // One that goes leaves its own to the others.
        members.removeFirst()
        for index in members.indices {
            members[index].previous = assigned[members[index].id] ?? PartitionSet()
        }
        let after = ServerAssignor.uniform.assign(members, partitionCounts: counts)
        for name in ["b", "c", "d"] {
            #expect(assigned[name]?.isSubset(of: after[name] ?? PartitionSet()) == true)
        }
    }

    @Test("balance members that subscribe to different topics")
    func different() {
        let counts = [id(1): Int32(6), id(2): 6]
        let members = [member("a", [1]), member("b", [1, 2]), member("c", [2])]
        let assigned = ServerAssignor.uniform.assign(members, partitionCounts: counts)
        check(assigned, members, counts)
        checkIsLevel(assigned, members)
    }

    @Test("make ranges of each topic, in the order of the members' lasting names")
    func range() {
        let counts = [id(1): Int32(5), id(2): 2]
        let members = [
            member("z", [1, 2], instanceID: "a"), member("b", [1, 2]), member("c", [1]),
        ]
        let assigned = ServerAssignor.range.assign(members, partitionCounts: counts)
        check(assigned, members, counts)
        #expect(assigned["z"] == PartitionSet([id(1): [0, 1], id(2): [0]]))
        #expect(assigned["b"] == PartitionSet([id(1): [2, 3], id(2): [1]]))
        #expect(assigned["c"] == PartitionSet([id(1): [4]]))
    }
}
