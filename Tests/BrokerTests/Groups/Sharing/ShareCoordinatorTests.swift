import CommitLog
import Glibc
import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import Broker

@Suite("The coordinator of share groups")
struct ShareCoordinatorTests {
    private let test: TestCoordinator
    private let states = ShareStatesDouble()

    init() throws { test = try Self.coordinator(states) }

    private static func coordinator(
        _ states: ShareStatesDouble, isDurable: Bool = false
    ) throws -> TestCoordinator {
        let test = try TestCoordinator(isDurable: isDurable)
        test.coordinator.attach(states)
        return test
    }

    private static func starts(_ topics: [String], partition: Int32 = 0) -> [ShareStartChange] {
        topics.enumerated().map { number, name in
            ShareStartChange(
                topicID: TopicID(mostSignificantBits: 7, leastSignificantBits: UInt64(number)),
                topicName: name, partition: partition, offset: Offset(5))
        }
    }

    private func alter(
        _ starts: [ShareStartChange], _ group: String
    ) throws -> Result<[ErrorCode], GroupRefusal> {
        try test.wait { test.coordinator.alterShareOffsets(starts, group: group, $0) }
    }

    private func delete(_ groups: [String]) throws -> [ErrorCode] {
        try test.wait { test.coordinator.delete(groups, $0) }
    }

    private func join(_ group: String) throws -> ShareGroupHeartbeatResponse {
        var request = ShareGroupHeartbeatRequest()
        (request.groupID, request.memberID) = (group, "m")
        request.subscribedTopicNames = ["orders"]
        let event = ShareHeartbeat(request: request, clientID: "c", clientHost: "/h")
        return try test.wait { test.coordinator.shareHeartbeat(event, $0) }
    }

    private func waitUntil(_ isTrue: () -> Bool) {
        let deadline = ContinuousClock.now + .seconds(20)
        while !isTrue(), ContinuousClock.now < deadline { usleep(1000) }
        #expect(isTrue())
    }

    /// How many records a group's partition of `__consumer_offsets` has.
    private func recordCount(of group: String) -> Int64 {
        let partition = test.log.partition(test.coordinator.partition(for: group))
        return partition?.logEndOffset.rawValue ?? 0
    }

    @Test("deletes as many groups as are named, each once")
    func deletesMany() throws {
        #expect(try alter(Self.starts(["orders"]), "full") == .success([.none]))
        // Groups that have no place in any partition.
        let empty = (0..<50).map { "empty-\($0)" }
        for group in empty {
            #expect(try alter(Self.starts(["orders"]), group) == .success([.none]))
            let topics = Self.starts(["orders"]).map(\.topicID)
            let deleted: Result<[ErrorCode], GroupRefusal> = try test.wait {
                test.coordinator.deleteShareOffsets(of: topics, group: group, $0)
            }
            #expect(deleted == .success([.none]))
        }
        let many = Array(repeating: empty[0], count: 20_000)
        let codes = try delete(["none", "full"] + empty + many + ["full"])
        #expect(Array(codes.prefix(2)) == [.groupIDNotFound, .none])
        #expect(codes[2..<52].allSatisfy { $0 == .none })
        #expect(codes.dropFirst(52).allSatisfy { $0 == .groupIDNotFound })
        #expect(codes.count == 20_053)
        #expect(try test.onLoop { $0.state.groups.isEmpty && $0.state.byteCount == 0 })
    }

    @Test("answers that a group is deleted once that is as durable as promised")
    func durableDeletion() throws {
        let test = try Self.coordinator(states, isDurable: true)
        let starts = Self.starts(["orders"])
        for (failure, code) in [
            (nil, ErrorCode.none),
            (LogError.flushFailed(path: "", code: 5), .coordinatorNotAvailable),
        ] as [(LogError?, ErrorCode)] {
            let altered = test.begin {
                test.coordinator.alterShareOffsets(starts, group: "g", $0)
            }
            waitUntil { test.disk.waitingCount == 1 }
            test.disk.finish()
            #expect(try altered.wait() == .success([.none]))
            let deleted = test.begin { test.coordinator.delete(["g"], $0) }
            waitUntil { test.disk.waitingCount == 1 }
            #expect(try test.onLoop { $0.state.groups["g"] == nil })
            test.disk.finish(failure)
            #expect(try deleted.wait() == [code])
        }
    }

    @Test("leaves a member that joins meanwhile its place in topics whose offsets go")
    func joinsDuringDeletion() throws {
        let id = try #require(test.log.topicID(of: "orders"))
        var start = Self.starts(["orders"])[0]
        start.topicID = id
        #expect(try alter([start], "g") == .success([.none]))
        states.withKept { $0.held = [] }
        let deleted: EventLoopFuture<Result<[ErrorCode], GroupRefusal>> = test.begin {
            test.coordinator.deleteShareOffsets(of: [id], group: "g", $0)
        }
        waitUntil { states.withKept { $0.held?.count } == 1 }
        #expect(try join("g").errorCode == .none)
        let answers = states.withKept { kept in
            let held = kept.held ?? []
            kept.held = nil
            return held
        }
        for answer in answers { answer() }
        #expect(try deleted.wait() == .success([.none]))
        let partitions = try test.onLoop { $0.state.groups["g"]?.share?.sharedPartitions.count }
        #expect(partitions == 2)
    }

    @Test("writes two records for a change of offsets, of however many topics")
    func alters() throws {
        let starts = Self.starts((0..<200).map { "topic-\($0)" })
        #expect(try alter(starts, "g") == .success(starts.map { _ in .none }))
        #expect(recordCount(of: "g") == 2)
        #expect(states.withKept { $0.epochs } == [1])
        #expect(try alter(starts, "g") == .success(starts.map { _ in .none }))
        #expect(states.withKept { $0.epochs } == [1, 2])
        // Nothing to change makes no group, and changes none.
        #expect(try alter([], "other") == .success([]))
        #expect(try alter([], "g") == .success([]))
        #expect(try test.onLoop { Array($0.state.groups.keys.map(\.text)) } == ["g"])
        #expect(states.withKept { $0.epochs } == [1, 2])
    }

    @Test("takes no changes of offsets that need more memory than a group may have")
    func memory() throws {
        let limit = test.coordinator.config.groupMaxBytes
        let name = String(repeating: "x", count: Int(limit))
        guard case .failure(let refusal) = try alter(Self.starts([name]), "g") else {
            Issue.record("it was taken")
            return
        }
        #expect(refusal.code == .groupMaxSizeReached)
        #expect(try test.onLoop { $0.state.groups.isEmpty })
        #expect(recordCount(of: "g") == 0 && states.withKept { $0.epochs.isEmpty })
    }

    @Test("tells offsets of as many groups as are named, in their order")
    func describesMany() throws {
        #expect(try alter(Self.starts(["orders"]), "g") == .success([.none]))
        let asked = (0..<20_000).map { number in
            var group = DescribeShareGroupOffsetsRequest.Group()
            group.groupID = number % 2 == 0 ? "g" : "none-\(number)"
            group.topics = nil
            return group
        }
        let described = try test.wait {
            test.coordinator.describeShareOffsets(asked, mayDescribe: { _ in true }, $0)
        }
        #expect(described.map(\.groupID) == asked.map(\.groupID))
        #expect(described.allSatisfy { $0.errorCode == .none })
        let topic = try #require(described.first?.topics.first)
        #expect(topic.partitions.map(\.startOffset) == [Offset(5)])
        #expect(described[1].topics.isEmpty)
    }
}
