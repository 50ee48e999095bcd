import RecordFormat
import Testing

@testable import Broker

/// What groups of the consumer protocol and share groups have in common is tested with them; here is what only a file
/// that somebody damaged can bring about.
@Suite("The members of a group that was read")
struct AssignedMembersTests {
    private static let partitions = PartitionSet([
        TopicID(mostSignificantBits: 1, leastSignificantBits: 1): [0, 1]
    ])

    @Test("leave no assignments of others behind, in a group of the consumer protocol")
    func consumers() {
        var group = ReconciledGroup(id: "g", config: GroupConfig())
        let records: [ReconciledGroupRecord] = [
            .epoch(3), .subscription(memberID: "m", .init()), .target(memberID: "m", nil),
            .target(memberID: "gone", Self.partitions),
        ]
        for record in records { group.restore(record) }
        let byteCount = group.byteCount
        group.didLoad()
        #expect(group.target.isEmpty && group.members.count == 1)
        #expect(group.byteCount == byteCount - Self.partitions.byteCount)
    }

    @Test("leave no assignments of others behind, in a share group")
    func sharers() {
        var group = ShareGroup(id: "g", config: GroupConfig())
        let records: [ShareGroupRecord] = [
            .epoch(3), .target(memberID: "m", Self.partitions),
            .subscription(memberID: "m", .init()), .target(memberID: "gone", Self.partitions),
        ]
        for record in records { group.restore(record) }
        let byteCount = group.byteCount
        group.didLoad()
        #expect(group.target.keys.map(\.text) == ["m"])
        #expect(group.byteCount == byteCount - Self.partitions.byteCount)
        for record in group.tombstones { group.restore(record) }
        #expect(group.byteCount == 0)
    }
}
