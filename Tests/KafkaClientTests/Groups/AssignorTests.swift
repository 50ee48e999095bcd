import KafkaProtocol
import RecordFormat
import SeededRandom
import Testing

@testable import KafkaClient

@Suite("Assignors")
struct AssignorTests {
    @Test("range gives each subscriber one piece of each topic, and the first ones the rest")
    func range() {
        let members = [member("C1", ["t0", "t1"]), member("C0", ["t0", "t1"])]
        let shares = PartitionAssignor.range.assign(members, partitionCounts: ["t0": 3, "t1": 3])
        #expect(named(shares["C0"]) == ["t0-0", "t0-1", "t1-0", "t1-1"])
        #expect(named(shares["C1"]) == ["t0-2", "t1-2"])
    }

    @Test("roundrobin gives the partitions one by one to the members that want their topic")
    func roundRobin() {
        let equal = [member("C0", ["t0", "t1"]), member("C1", ["t0", "t1"])]
        let shares = PartitionAssignor.roundRobin.assign(
            equal, partitionCounts: ["t0": 3, "t1": 3])
        #expect(named(shares["C0"]) == ["t0-0", "t0-2", "t1-1"])
        #expect(named(shares["C1"]) == ["t0-1", "t1-0", "t1-2"])

        let unequal = [
            member("C0", ["t0"]), member("C1", ["t0", "t1"]), member("C2", ["t0", "t1", "t2"]),
        ]
        let others = PartitionAssignor.roundRobin.assign(
            unequal, partitionCounts: ["t0": 1, "t1": 2, "t2": 3])
        #expect(named(others["C0"]) == ["t0-0"])
        #expect(named(others["C1"]) == ["t1-0"])
        #expect(named(others["C2"]) == ["t1-1", "t2-0", "t2-1", "t2-2"])
    }

    @Test("static members come first, by their instance ids", arguments: PartitionAssignor.allCases)
    func staticMembers(assignor: PartitionAssignor) {
        var last = member("a", ["t"])
        last.groupInstanceID = "2"
        var first = member("z", ["t"])
        first.groupInstanceID = "1"
        let shares = assignor.assign(
            [member("0", ["t"]), last, first], partitionCounts: ["t": 3])
        #expect(named(shares["z"]) == ["t-0"])
        #expect(named(shares["a"]) == ["t-1"])
        #expect(named(shares["0"]) == ["t-2"])
    }

    @Test(
        "topics that do not exist, and topics that nobody wants, are nobody's",
        arguments: PartitionAssignor.allCases)
    func unknownTopics(assignor: PartitionAssignor) {
        let shares = assignor.assign(
            [member("A", ["gone"]), member("B", ["gone"])], partitionCounts: ["other": 4])
        #expect(shares == ["A": [], "B": []])
    }

    @Test(
        "every partition that somebody wants is assigned once, to somebody who wants it",
        arguments: PartitionAssignor.allCases)
    func complete(assignor: PartitionAssignor) throws {
        var random = SeededGenerator()
        for _ in 0..<200 {
            let (members, counts) = cluster(&random)
            let shares = assignor.assign(members, partitionCounts: counts)
            let all = shares.values.flatMap { $0 }
            let wanted = members.reduce(into: Set()) { $0.formUnion($1.topics) }
            let expected = counts.filter { wanted.contains($0.key) }.reduce(0) { $0 + $1.value }
            #expect(Set(all).count == all.count, "seed \(random.seed)")
            #expect(all.count == expected, "seed \(random.seed)")
            for one in members {
                #expect(shares[one.memberID]?.allSatisfy { one.topics.contains($0.topic) } == true)
            }
        }
    }

    @Test("sticky is balanced, and moves no more than the balance needs")
    func stickiness() {
        var random = SeededGenerator()
        for _ in 0..<200 {
            var members = (0..<Int.random(in: 2...6, using: &random)).map {
                member("m\($0)", ["t"])
            }
            let counts: [String: Int32] = ["t": .random(in: 1...20, using: &random)]
            adopt(PartitionAssignor.sticky.assign(members, partitionCounts: counts), by: &members)
            members.append(member("new", ["t"]))
            let before = members
            let shares = PartitionAssignor.sticky.assign(members, partitionCounts: counts)
            let loads = shares.values.map(\.count)
            #expect(loads.max()! - loads.min()! <= 1, "seed \(random.seed)")
            let moved = before.reduce(0) {
                $0 + Set($1.owned).subtracting(shares[$1.memberID]!).count
            }
            #expect(moved == shares["new"]!.count, "seed \(random.seed)")
        }
    }

    @Test("sticky believes the latest generation, and of two of the same generation neither")
    func conflicts() {
        var late = member("late", ["t"])
        (late.owned, late.generation) = ([partition(0)], 5)
        var early = member("early", ["t"])
        (early.owned, early.generation) = ([partition(0), partition(1)], 4)
        let shares = PartitionAssignor.sticky.assign([early, late], partitionCounts: ["t": 2])
        #expect(named(shares["late"]) == ["t-0"])
        #expect(named(shares["early"]) == ["t-1"])

        late.generation = 4
        late.owned = [partition(0), partition(2)]
        early.owned = [partition(0), partition(3)]
        let others = PartitionAssignor.sticky.assign([early, late], partitionCounts: ["t": 4])
        #expect(others["late"]!.contains(partition(2)))
        #expect(others["early"]!.contains(partition(3)))
    }

    @Test(
        "cooperative-sticky gives nothing to one member that another has, and gives everything in the end"
    )
    func cooperation() {
        var random = SeededGenerator()
        for _ in 0..<200 {
            var (members, counts) = cluster(&random)
            adopt(
                PartitionAssignor.cooperativeSticky.assign(members, partitionCounts: counts),
                by: &members)
            members.append(member("new", members[0].topics))
            let ideal = StickyAssignment.assign(
                members.sorted(by: SubscribedMember.comesBefore), partitionCounts: counts)
            let first = PartitionAssignor.cooperativeSticky.assign(members, partitionCounts: counts)
            for one in members {
                for other in members where other.memberID != one.memberID {
                    #expect(
                        Set(first[one.memberID]!).isDisjoint(with: other.owned),
                        "seed \(random.seed)")
                }
            }
            adopt(first, by: &members)
            for _ in 0..<3 {
                adopt(
                    PartitionAssignor.cooperativeSticky.assign(members, partitionCounts: counts),
                    by: &members)
            }
            let all = members.flatMap(\.owned)
            #expect(Set(all) == Set(ideal.values.flatMap { $0 }), "seed \(random.seed)")
        }
    }

    @Test("user data is what Kafka's clients write")
    func userData() throws {
        let sticky = StickyUserData(
            previousAssignment: [ConsumerProtocolTopic(topic: "ab", partitions: [1])],
            generation: 7)
        let bytes: [UInt8] = [0, 0, 0, 1, 0, 2, 97, 98, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 7]
        #expect(try sticky.encoded().array == bytes)
        #expect(StickyUserData(decoding: bytes) == sticky)
        // Version 0 ends before the generation.
        #expect(StickyUserData(decoding: bytes.dropLast(4))?.generation == -1)
        #expect(StickyUserData(decoding: [0x7f, 0xff, 0xff, 0xff]) == nil)
        #expect(CooperativeUserData.encoded(generation: 258).array == [0, 0, 1, 2])
        #expect(CooperativeUserData.generation(in: [0, 0, 1, 2]) == 258)
        #expect(CooperativeUserData.generation(in: bytes) == -1)
    }

    @Test(
        "a subscription of any version is read, and no truncation of one is believed",
        arguments: [Int16(0), 1, 2, 3, 9])
    func subscriptions(version: Int16) throws {
        var sent = ConsumerProtocolSubscription()
        sent.topics = ["orders", "payments"]
        sent.userData = OpaqueBytes([1, 2])
        if version >= 1 {
            sent.ownedPartitions = [ConsumerProtocolTopic(topic: "orders", partitions: [3])]
        }
        if version >= 2 { sent.generationID = 4 }
        if version >= 3 { sent.rackID = "r" }
        let bytes = try sent.encoded(version: version).array
        #expect(try unsafe ConsumerProtocolSubscription(decoding: bytes.span.bytes) == sent)
        for length in 0..<bytes.count {
            let cut = Array(bytes.prefix(length))
            #expect(throws: ProtocolError.self) {
                try unsafe ConsumerProtocolSubscription(decoding: cut.span.bytes)
            }
        }
    }
}

extension AssignorTests {
    private func member(_ id: String, _ topics: Set<String>) -> SubscribedMember {
        SubscribedMember(memberID: id, topics: topics)
    }

    private func partition(_ index: Int32) -> TopicPartition {
        TopicPartition(topic: "t", partition: index)
    }

    private func named(_ partitions: [TopicPartition]?) -> [String]? {
        partitions?.map(\.description)
    }

    /// Members with topics of their own, and how many partitions the topics have.
    private func cluster(
        _ random: inout SeededGenerator
    ) -> (members: [SubscribedMember], partitionCounts: [String: Int32]) {
        let topics = (0..<Int.random(in: 1...4, using: &random)).map { "t\($0)" }
        let counts = topics.map { ($0, Int32.random(in: 0...6, using: &random)) }
        let members = (0..<Int.random(in: 1...5, using: &random)).map { index in
            let wanted = topics.filter { _ in Bool.random(using: &random) }
            return member("m\(index)", Set(wanted.isEmpty ? [topics[0]] : wanted))
        }
        return (members, Dictionary(uniqueKeysWithValues: counts))
    }

    private func adopt(_ shares: [String: [TopicPartition]], by members: inout [SubscribedMember]) {
        for place in members.indices {
            members[place].owned = shares[members[place].memberID] ?? []
            members[place].generation += 1
        }
    }
}
