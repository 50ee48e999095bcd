import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite struct `The group coordinator` {
    private static let week: Int64 = 7 * 24 * 3_600_000

    @Test func `knows nothing of a group that never was, which is no error`() throws {
        let test = try TestCoordinator()
        let fetched = try test.fetch()
        #expect(fetched.committedOffset == Offset(-1) && fetched.errorCode == .none)
        #expect(fetched.metadata == "")
        #expect(try test.describe().groupState == "Dead")
        #expect(try test.wait { test.coordinator.delete(["g"], $0) } == [.groupIDNotFound])
    }

    @Test func `keeps committed offsets over a restart`() throws {
        var test = try TestCoordinator()
        #expect(try test.commit(41, metadata: "old").wait() == [.none])
        #expect(try test.commit(42, metadata: "new").wait() == [.none])
        test = try test.restart()
        let fetched = try test.fetch()
        #expect(fetched.committedOffset == Offset(42) && fetched.metadata == "new")
        #expect(try test.describe().groupState == "Empty")
    }

    @Test func `refuses metadata that is too long and takes the rest`() throws {
        let test = try TestCoordinator()
        let long = String(repeating: "x", count: 4097)
        #expect(try test.commit(1, metadata: long).wait() == [.offsetMetadataTooLarge])
        #expect(try test.fetch().committedOffset == Offset(-1))
        #expect(try test.commit(1, metadata: String(long.dropLast())).wait() == [.none])
    }

    @Test func `shows and acknowledges a commit once the disk has it`() throws {
        let test = try TestCoordinator(isDurable: true)
        let commit = test.commit(7)
        #expect(try test.fetch().committedOffset == Offset(-1))
        #expect(test.disk.waitingCount == 1)
        test.disk.finish()
        #expect(try commit.wait() == [.none])
        #expect(try test.fetch().committedOffset == Offset(7))
    }

    @Test func `tells the client of a commit that the disk did not take`() throws {
        let test = try TestCoordinator(isDurable: true)
        let commit = test.commit(7)
        #expect(try test.fetch().committedOffset == Offset(-1))
        test.disk.finish(.flushFailed(path: "p", code: 5))
        #expect(try commit.wait() == [.coordinatorNotAvailable])
        #expect(try test.fetch().committedOffset == Offset(-1))
    }

    @Test func `refuses a commit of a generation in a group that is not there`() throws {
        let test = try TestCoordinator()
        #expect(
            try test.commit(1, member: "m", generation: 3).wait() == [.illegalGeneration])
        #expect(try test.describe().groupState == "Dead")
    }

    @Test func `resumes generation, members and assignment after a restart`() throws {
        var test = try TestCoordinator()
        let joined = try test.join(instance: "i")
        #expect(try test.sync(joined, instance: "i", [1, 2]).assignment.array == [1, 2])
        test = try test.restart()
        #expect(try test.describe().groupState == "Stable")
        #expect(try test.heartbeat(joined, instance: "i") == .none)
        let back = try test.join(instance: "i")
        #expect(back.generationID == joined.generationID && back.skipAssignment)
        #expect(try test.sync(back, instance: "i", []).assignment.array == [1, 2])
        #expect(try test.heartbeat(joined, instance: "i") == .fencedInstanceID)
        test = try test.restart()
        #expect(try test.heartbeat(back, instance: "i") == .none)
    }

    @Test func `lets a dynamic member go on after a restart`() throws {
        var test = try TestCoordinator()
        let joined = try test.join()
        _ = try test.sync(joined, [9])
        test = try test.restart()
        #expect(try test.heartbeat(joined) == .none)
        #expect(
            try test.commit(5, member: joined.memberID, generation: joined.generationID).wait()
                == [.none])
        let described = try test.describe()
        #expect(described.members.map(\.memberAssignment.array) == [[9]])
        #expect(described.members.map(\.clientHost) == ["/h"])
        #expect(described.protocolData == "range")
    }

    @Test func `deletes groups without members, for good`() throws {
        var test = try TestCoordinator()
        let joined = try test.join()
        _ = try test.sync(joined, [])
        _ = try test.commit(5, member: joined.memberID, generation: 1).wait()
        #expect(try test.wait { test.coordinator.delete(["g"], $0) } == [.nonEmptyGroup])
        var leaving = LeaveGroupRequest.Member()
        leaving.memberID = joined.memberID
        let left = try test.wait { reply in
            test.coordinator.leave(group: "g", [leaving]) { reply([$0] + $1) }
        }
        #expect(left == [.none, .none])
        #expect(try test.wait { test.coordinator.delete(["g"], $0) } == [.none])
        #expect(try test.fetch().committedOffset == Offset(-1))
        test = try test.restart()
        #expect(try test.fetch().committedOffset == Offset(-1))
        #expect(try test.describe().groupState == "Dead")
    }

    @Test func `counts staged offsets when the transaction commits`() throws {
        var test = try TestCoordinator()
        _ = try test.commit(1).wait()
        #expect(try test.stage(10, producer: 1) == [.none])
        #expect(try test.fetch().committedOffset == Offset(1))
        let unstable = try test.fetch(requireStable: true)
        #expect(unstable.errorCode == .unstableOffsetCommit)
        #expect(unstable.committedOffset == Offset(-1))
        test = try test.restart()
        #expect(try test.fetch(requireStable: true).errorCode == .unstableOffsetCommit)
        try test.endTransaction(1, committed: true)
        #expect(try test.fetch(requireStable: true).committedOffset == Offset(10))
        test = try test.restart()
        #expect(try test.fetch(requireStable: true).committedOffset == Offset(10))
    }

    @Test func `forgets staged offsets when the transaction aborts`() throws {
        var test = try TestCoordinator()
        #expect(try test.stage(10, producer: 1) == [.none])
        try test.endTransaction(1, committed: false)
        #expect(try test.fetch(requireStable: true).committedOffset == Offset(-1))
        test = try test.restart()
        #expect(try test.fetch(requireStable: true).committedOffset == Offset(-1))
    }

    @Test func `stages nothing of a transaction that is not open`() throws {
        let test = try TestCoordinator()
        #expect(try test.stage(10, producer: 1, verdict: .invalidTxnState) == [.invalidTxnState])
        #expect(try test.fetch(requireStable: true).errorCode == .none)
    }

    @Test func `forgets offsets and the group when their time is over, for good`() throws {
        var test = try TestCoordinator()
        _ = try test.commit(1).wait()
        test.clock.advance(ms: Self.week - 1)
        try test.onLoop { $0.expireOffsets() }
        #expect(try test.fetch().committedOffset == Offset(1))
        test.clock.advance(ms: 1)
        try test.onLoop { $0.expireOffsets() }
        #expect(try test.fetch().committedOffset == Offset(-1))
        #expect(try test.describe().groupState == "Dead")
        test = try test.restart()
        #expect(try test.fetch().committedOffset == Offset(-1))
    }

    @Test func `forgets the offsets of a deleted topic`() throws {
        var test = try TestCoordinator()
        _ = try test.commit(1).wait()
        test.coordinator.topicsDeleted(["payments"])
        #expect(try test.fetch().committedOffset == Offset(1))
        test.coordinator.topicsDeleted(["orders"])
        #expect(try test.fetch().committedOffset == Offset(-1))
        test = try test.restart()
        #expect(try test.fetch().committedOffset == Offset(-1))
    }

    @Test func `deletes single offsets where no member reads the topic`() throws {
        let test = try TestCoordinator()
        _ = try test.commit(1, partition: 0).wait()
        _ = try test.commit(2, partition: 1).wait()
        let deleted = try test.wait { reply in
            test.coordinator.deleteOffsets([TestCoordinator.orders], group: "g") {
                reply([$0] + $1)
            }
        }
        #expect(deleted == [.none, .none])
        #expect(try test.fetch().committedOffset == Offset(-1))
        let joined = try test.join(group: "other")
        #expect(joined.errorCode == .none)
        let refused = try test.wait { reply in
            test.coordinator.deleteOffsets([TestCoordinator.orders], group: "other") {
                reply([$0] + $1)
            }
        }
        #expect(refused == [.nonEmptyGroup], "its members cannot be understood")
    }

    @Test func `lists groups by state`() throws {
        let test = try TestCoordinator()
        _ = try test.commit(1, group: "simple").wait()
        let joined = try test.join()
        _ = try test.sync(joined, [])
        func list(_ states: [String]) throws -> [String] {
            try test.wait { reply in
                var request = ListGroupsRequest()
                request.statesFilter = states
                let context = RequestContext(
                    header: RequestHeader(
                        apiKey: .listGroups, apiVersion: 4, correlationID: 1, clientID: nil),
                    connection: ConnectionID(rawValue: 1), clientHost: "/127.0.0.1", localPort: 1)
                ListGroupsHandler(groups: test.coordinator).handle(
                    request, context, Reply { reply($0.groups.map(\.groupID)) })
            }
        }
        #expect(try list([]) == ["g", "simple"])
        #expect(try list(["Stable"]) == ["g"])
        #expect(try list(["empty"]) == ["simple"])
        #expect(try list(["Dead"]) == [])
    }

    @Test func `refuses everything once it is closed, and answers who waits`() throws {
        let test = try TestCoordinator()
        let first = try test.join()
        let waiting = test.begin { (reply: @escaping @Sendable (SyncGroupResponse) -> Void) in
            let event = SyncEvent(
                generation: first.generationID, memberID: "nobody", assignments: [:])
            test.coordinator.sync(event, group: "g", reply)
        }
        #expect(try waiting.wait().errorCode == .unknownMemberID)
        try test.coordinator.close().wait()
        #expect(try test.heartbeat(first) == .coordinatorNotAvailable)
        #expect(try test.commit(1).wait() == [.coordinatorNotAvailable])
    }
}
