import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A group of the consumer protocol")
struct ReconciledGroupTests {
    private let all = PartitionSet([ReconciledGroupRun.id("t"): Set(0..<6)])

    private func refusal(
        _ body: () throws(GroupRefusal) -> ConsumerGroupHeartbeatResponse
    ) -> ErrorCode? {
        do throws(GroupRefusal) {
            _ = try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test("gives a member what another one had once that one has given it up")
    func reconciliation() throws {
        var run = ReconciledGroupRun()
        let first = try run.send(
            "a", epoch: 0, owned: PartitionSet(), topics: ["t"], rebalanceTimeoutMs: 60_000)
        #expect(first.memberEpoch == 1)
        #expect(first.assignment.map { PartitionSet($0.topicPartitions) } == all)
        #expect(run.group.stateName == "Stable")
        #expect(try run.send("a", epoch: 1, owned: all).assignment == nil)

        let second = try run.send(
            "b", epoch: 0, owned: PartitionSet(), topics: ["t"], rebalanceTimeoutMs: 60_000)
        #expect(second.memberEpoch == 2)
        #expect(second.assignment?.topicPartitions == [])
        #expect(run.group.stateName == "Reconciling")

        // The first one is to give three up, and keeps its epoch until it has.
        let less = try run.send("a", epoch: 1)
        let kept = try #require(less.assignment.map { PartitionSet($0.topicPartitions) })
        #expect(less.memberEpoch == 1 && kept.count == 3)
        #expect(try run.send("a", epoch: 1).assignment == nil)
        #expect(try run.send("a", epoch: 1, owned: all).memberEpoch == 1)
        #expect(try run.send("b", epoch: 2).assignment == nil)
        #expect(try run.send("a", epoch: 1, owned: kept).memberEpoch == 2)
        let given = try run.send("b", epoch: 2)
        #expect(
            given.assignment.map { PartitionSet($0.topicPartitions) } == all.subtracting(kept))
        #expect(run.group.stateName == "Stable")
    }

    @Test("comes to an even assignment without a partition at two members, whatever happens")
    func model() throws {
        for seed in 0..<40 {
            var generator = SeededGenerator(test: "reconciled group \(seed)")
            var run = ReconciledGroupRun(["t": 6, "u": 5])
            var nextID = 0
            for _ in 0..<120 {
                let known = run.clients.keys.sorted()
                switch Int.random(in: 0..<12, using: &generator) {
                case 0, 1:
                    nextID += 1
                    run.add(
                        "m\(nextID)", topics: Bool.random(using: &generator) ? ["t"] : ["t", "u"],
                        pattern: [nil, "u", "[tu]"].randomElement(using: &generator) ?? nil)
                case 2: if let id = known.randomElement(using: &generator) { try? run.leave(id) }
                case 3: if let id = known.randomElement(using: &generator) { run.lose(id) }
                case 4: run.set("u", [nil, 5, 9].randomElement(using: &generator) ?? nil)
                default: if let id = known.randomElement(using: &generator) { run.beat(id) }
                }
            }
            run.add("last")
            run.settle()
            let owned = run.clients.values.map(\.owned)
            let total = owned.reduce(PartitionSet()) { $0.union($1) }
            #expect(all.isSubset(of: total))
            #expect(run.group.stateName == "Stable")
            #expect(
                Set(run.group.members.keys) == Set(run.clients.keys),
                "members that are gone are forgotten")
            // What was written is the group.
            var restored = ReconciledGroup(id: "g", config: GroupConfig())
            for record in run.records { restored.restore(record) }
            #expect(restored.members == run.group.members)
            #expect(restored.target.filter { run.group.members[$0.key] != nil } == run.group.target)
            #expect(restored.epoch == run.group.epoch)
            #expect(restored.assignmentEpoch == run.group.assignmentEpoch)
            #expect(restored.topics == run.group.topics)
            #expect(restored.staticMembers == run.group.staticMembers)
            #expect(restored.patternCounts == run.group.patternCounts)
            #expect(
                restored.resolutions.mapValues(\.topics)
                    == run.group.resolutions.mapValues(\.topics))
            #expect(restored.byteCount == run.group.byteCount)
        }
    }

    /// The records may be of any file.
    @Test("goes on from every epoch that can be read", arguments: [Int32.max, -1, .min])
    func restoredEpoch(epoch: Int32) throws {
        var run = ReconciledGroupRun()
        run.group.restore(.epoch(epoch))
        run.add("a")
        run.settle()
        #expect(run.group.epoch == 1)
        #expect(run.group.stateName == "Stable")
        #expect(run.clients["a"]?.owned.count == 6)
    }

    @Test("fences a member with another epoch, unless the last answer may have been lost")
    func fencing() throws {
        var run = ReconciledGroupRun()
        let some = PartitionSet()
        _ = try run.send("a", epoch: 0, owned: some, topics: ["t"], rebalanceTimeoutMs: 60_000)
        let other = PartitionSet([ReconciledGroupRun.id("u"): [0]])
        #expect(
            refusal { () throws(GroupRefusal) in try run.send("a", epoch: 2) }
                == .fencedMemberEpoch)
        _ = try run.send("b", epoch: 0, owned: some, topics: ["t"], rebalanceTimeoutMs: 60_000)
        _ = try run.send("a", epoch: 1)
        _ = try run.send("a", epoch: 1, owned: some)
        #expect(run.group.members["a"]?.progress.epoch == 2)
        // The last answer may have been lost, if what it has it still may have.
        #expect(
            refusal { () throws(GroupRefusal) in try run.send("a", epoch: 1) }
                == .fencedMemberEpoch)
        #expect(
            refusal { () throws(GroupRefusal) in try run.send("a", epoch: 1, owned: other) }
                == .fencedMemberEpoch)
        #expect(try run.send("a", epoch: 1, owned: some).memberEpoch == 2)
        #expect(
            refusal { () throws(GroupRefusal) in try run.send("nobody", epoch: 1) }
                == .unknownMemberID)
        #expect(
            refusal { () throws(GroupRefusal) in try run.send("nobody", epoch: -1) }
                == .unknownMemberID)
        run.group.timerFired(.session(memberID: "a"))
        #expect(
            refusal { () throws(GroupRefusal) in try run.send("a", epoch: 1) }
                == .unknownMemberID)
    }

    @Test("takes back a member that has lost everything and joins again under its name")
    func rejoining() throws {
        var run = ReconciledGroupRun()
        run.add("a")
        run.settle()
        for _ in 0..<3 {
            run.add("b")
            run.settle()
            try run.leave("b")
            run.settle()
        }
        #expect(run.group.members["a"]?.progress.epoch ?? 0 > 3)
        let back = try run.send(
            "a", epoch: 0, owned: PartitionSet(), topics: ["t"], rebalanceTimeoutMs: 60_000)
        #expect(back.memberEpoch == run.group.epoch)
        #expect(back.assignment.map { PartitionSet($0.topicPartitions) } == all)
        // Also in the middle of giving something up.
        _ = try run.send(
            "b", epoch: 0, owned: PartitionSet(), topics: ["t"], rebalanceTimeoutMs: 60_000)
        _ = try run.send("a", epoch: back.memberEpoch)
        #expect(run.group.members["a"]?.progress.state == .unrevokedPartitions)
        let again = try run.send(
            "a", epoch: 0, owned: PartitionSet(), topics: ["t"], rebalanceTimeoutMs: 60_000)
        #expect(again.memberEpoch == run.group.epoch)
        #expect(again.assignment.map { PartitionSet($0.topicPartitions).count } == 3)
    }

    @Test("has an assignment of its epoch when its last member has gone")
    func lastMember() throws {
        var run = ReconciledGroupRun()
        run.add("a")
        run.settle()
        try run.leave("a")
        #expect(run.group.stateName == "Empty" && run.group.target.isEmpty)
        #expect(run.group.epoch == 2 && run.group.assignmentEpoch == 2)
        #expect(run.group.byteCount == 0)
    }

    @Test("takes no more members than it may have")
    func size() throws {
        var run = ReconciledGroupRun()
        run.group.config.consumerMaxSize = 2
        run.add("a", instanceID: "one")
        run.add("b")
        run.settle()
        func join(_ id: String) throws(GroupRefusal) -> ConsumerGroupHeartbeatResponse {
            try run.send(
                id, epoch: 0, owned: PartitionSet(), topics: ["t"], rebalanceTimeoutMs: 60_000)
        }
        #expect(refusal { () throws(GroupRefusal) in try join("c") } == .groupMaxSizeReached)
        #expect(refusal { () throws(GroupRefusal) in try join("b") } == nil)
        run.group.config.memberMaxBytes = 10
        #expect(refusal { () throws(GroupRefusal) in try join("b") } == .invalidRequest)
    }

    @Test("looks at no more partitions than the member may have")
    func ownedTooMuch() throws {
        var run = ReconciledGroupRun()
        run.add("a")
        run.settle()
        let many = PartitionSet([ReconciledGroupRun.id("t"): Set(0..<20_000)])
        #expect(
            refusal { () throws(GroupRefusal) in try run.send("a", epoch: 1, owned: many) }
                == .fencedMemberEpoch)
    }

    @Test("follows regular expressions, as topics come and go, and forgets those of nobody")
    func patterns() throws {
        var run = ReconciledGroupRun(["orders-1": 2, "other": 3])
        run.add("a", topics: [], pattern: "orders-.*")
        run.add("b", topics: ["other"], pattern: "orders-.*")
        run.settle()
        #expect(run.clients.values.map(\.owned.count).sorted() == [2, 3])
        #expect(run.group.patternCounts == ["orders-.*": 2])
        #expect(run.group.subscribedTopics == ["orders-1", "other"])
        run.set("orders-2", 4)
        run.settle()
        #expect(run.clients.values.map(\.owned.count).reduce(0, +) == 9)
        let resolutions = run.records.filter { if case .resolution = $0 { true } else { false } }
        #expect(resolutions.count == 2)
        try run.leave("a")
        run.settle()
        #expect(run.group.resolutions.keys.sorted() == ["orders-.*"])
        // It names its topics from now on.
        run.clients["b"]?.pattern = ""
        run.clients["b"]?.isFull = true
        run.settle()
        #expect(run.clients["b"]?.owned.count == 3)
        #expect(run.group.resolutions.isEmpty && run.group.patternCounts.isEmpty)
        #expect(run.records.contains(.resolution(pattern: "orders-.*", nil)))
        try run.leave("b")
        #expect(run.group.byteCount == 0)
    }

    @Test("says which regular expressions are due")
    func duePatterns() throws {
        var run = ReconciledGroupRun(["t": 1])
        var request = ConsumerGroupHeartbeatRequest()
        func due(_ changeCount: Int, _ nowMs: Int64) -> [String] {
            run.group.patternsToResolve(for: request, topicChangeCount: changeCount, nowMs: nowMs)
        }
        #expect(due(1, 0) == [])
        request.subscribedTopicRegex = "t.*"
        #expect(due(1, 0) == ["t.*"])
        run.add("a", topics: [], pattern: "t.*")
        run.beat("a")
        let known = try #require(run.group.resolutions["t.*"]?.topicChangeCount)
        #expect(due(known, 5_000) == [])
        #expect(due(known + 1, 999) == [])
        #expect(due(known + 1, 1_000) == ["t.*"])
        #expect(due(known, 600_000) == ["t.*"])
        request.subscribedTopicRegex = "u"
        #expect(due(known, 0) == ["u"])
        // What was read at the start is looked at anew.
        var restored = ReconciledGroup(id: "g", config: GroupConfig())
        for record in run.records { restored.restore(record) }
        #expect(restored.resolutions["t.*"]?.topics == ["t"])
        request.subscribedTopicRegex = nil
        #expect(
            restored.patternsToResolve(for: request, topicChangeCount: known, nowMs: 0)
                == ["t.*"])
    }

    @Test("keeps a static member's partitions for it while it is away")
    func staticMembers() throws {
        var run = ReconciledGroupRun()
        run.add("a", instanceID: "one")
        run.add("b", instanceID: "two")
        run.settle()
        let before = try #require(run.clients["a"]?.owned)
        #expect(before.count == 3)
        // While it is there nobody takes its place.
        func join(_ id: String) throws(GroupRefusal) -> ConsumerGroupHeartbeatResponse {
            try run.send(
                id, epoch: 0, instanceID: "one", owned: PartitionSet(), topics: ["t"],
                rebalanceTimeoutMs: 60_000)
        }
        #expect(refusal { () throws(GroupRefusal) in try join("c") } == .unreleasedInstanceID)
        let epoch = run.group.epoch
        try run.leave("a", epoch: ReconciledGroup.awayEpoch)
        run.settle()
        #expect(run.clients["b"]?.owned.count == 3)
        let back = try join("c")
        #expect(back.assignment.map { PartitionSet($0.topicPartitions) } == before)
        #expect(run.group.members["a"] == nil)
        #expect(run.group.epoch == epoch)
        #expect(
            refusal { () throws(GroupRefusal) in
                try run.send("a", epoch: 1, instanceID: "one")
            } == .fencedInstanceID)
        #expect(
            refusal { () throws(GroupRefusal) in
                try run.send("a", epoch: 1, instanceID: "three")
            } == .unknownMemberID)
    }

    @Test("goes on without a member that does not give up in time what was taken from it")
    func revocationTimeout() throws {
        var run = ReconciledGroupRun()
        run.add("a")
        run.settle()
        _ = run.group.takeActions()
        run.add("b")
        run.beat("b")
        _ = try run.send("a", epoch: 1, owned: all)
        let timer = ReconciledGroupAction.setTimer(.revocation(memberID: "a"), afterMs: 60_000)
        #expect(run.group.takeActions().contains(timer))
        run.group.timerFired(.revocation(memberID: "a"))
        run.clients["a"] = nil
        run.settle()
        #expect(run.clients["b"]?.owned == all)
        // A member that is not late is left where it is.
        run.group.timerFired(.revocation(memberID: "b"))
        #expect(run.group.members.keys.sorted() == ["b"])
    }

    @Test("takes the assignor that most members name")
    func assignor() throws {
        var run = ReconciledGroupRun()
        #expect(run.group.assignor == .uniform)
        for (id, name) in [("a", "range"), ("b", "range"), ("c", "uniform")] {
            var request = ConsumerGroupHeartbeatRequest()
            request.memberID = id
            request.rebalanceTimeoutMs = 1
            request.subscribedTopicNames = ["t"]
            request.topicPartitions = []
            request.serverAssignor = name
            let event = ConsumerHeartbeat(
                request: request, clientID: "", clientHost: "", newMemberID: "")
            _ = try run.group.heartbeat(
                event, topics: KnownTopics(changeCount: 0) { [topics = run.topics] in topics[$0] })
        }
        #expect(run.group.assignor == .range)
    }

    @Test("knows a topic that comes later, and forgets one that goes")
    func topics() {
        var run = ReconciledGroupRun(["t": 2])
        run.add("a", topics: ["t", "late"])
        run.settle()
        #expect(run.clients["a"]?.owned.count == 2)
        run.set("late", 3)
        run.settle()
        #expect(run.clients["a"]?.owned.count == 5)
        run.set("t", nil)
        run.settle()
        #expect(run.clients["a"]?.owned.count == 3)
    }
}
