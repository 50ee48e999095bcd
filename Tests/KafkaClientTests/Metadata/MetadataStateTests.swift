import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("What a client knows of the cluster")
struct MetadataStateTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    private let orders = TopicPartition(topic: "orders", partition: 0)

    private func ms(_ milliseconds: Int64) -> NIODeadline { start + .milliseconds(milliseconds) }

    /// A cluster of these brokers in which `leader` leads partition 0 of `orders`.
    private func response(
        brokers: [Int32] = [1, 2], leader: Int32 = 1, epoch: Int32 = 5,
        error: ErrorCode = .none
    ) -> MetadataResponse {
        var response = MetadataResponse()
        response.brokers = brokers.map { id in
            var broker = MetadataResponse.Broker()
            (broker.nodeID, broker.host, broker.port) = (id, "kafka-\(id)", 9092)
            return broker
        }
        var topic = MetadataResponse.Topic()
        topic.name = "orders"
        topic.errorCode = error
        if error == .none {
            var partition = MetadataResponse.Partition()
            partition.leaderID = leader
            partition.leaderEpoch = LeaderEpoch(epoch)
            topic.partitions = [partition]
        }
        response.topics = [topic]
        return response
    }

    @Test("takes a topic of another id for another one, whose leader epochs begin again")
    func recreation() {
        var state = state()
        func told(_ epoch: Int32, id: UInt64) -> MetadataResponse {
            var response = response(leader: Int32(id), epoch: epoch)
            response.topics[0].topicID = TopicID(
                mostSignificantBits: 0, leastSignificantBits: id)
            return response
        }
        receive(told(5, id: 1), &state, at: start)
        // Of the same topic an older epoch is old news.
        var older = told(4, id: 1)
        older.topics[0].partitions[0].leaderID = 2
        receive(older, &state, at: start)
        #expect(state.leader(of: orders) == PartitionLeader(nodeID: 1, epoch: LeaderEpoch(5)))
        // A broker that knows no ids says nothing of them.
        receive(response(leader: 1, epoch: 6), &state, at: start)
        #expect(state.topics["orders"]?.topicID == told(5, id: 1).topics[0].topicID)
        receive(told(0, id: 2), &state, at: start)
        #expect(state.leader(of: orders) == PartitionLeader(nodeID: 2, epoch: LeaderEpoch(0)))
    }

    private func state(
        _ change: (inout MetadataSettings) -> Void = { _ in }
    ) -> MetadataState {
        var settings = MetadataSettings()
        change(&settings)
        var state = MetadataState(settings: settings)
        state.want(["orders"])
        return state
    }

    private func receive(
        _ response: MetadataResponse, _ state: inout MetadataState, at now: NIODeadline
    ) {
        state.didAsk()
        state.receive(response, requested: ["orders"], now: now, jitter: 0.5)
    }

    @Test("is asked for at once, and again when it is old")
    func age() {
        var state = state()
        #expect(state.step(now: start) == .ask)
        state.didAsk()
        #expect(state.step(now: start) == .expectAnswer)
        state.receive(response(), requested: ["orders"], now: start, jitter: 0.5)
        #expect(state.step(now: start) == .wait(until: ms(300_000)))
        #expect(state.step(now: ms(300_000)) == .ask)
        #expect(state.leader(of: orders) == PartitionLeader(nodeID: 1, epoch: LeaderEpoch(5)))
    }

    @Test("counts a change where another broker leads a partition, also after a time without one")
    func leaderChanges() {
        var state = state()
        for leader in [1, 1, -1, 2, -1, 2, 1] as [Int32] {
            receive(response(leader: leader), &state, at: start)
        }
        #expect(state.leaderChangeCount == 2)
        state.update(
            orders, leader: PartitionLeader(nodeID: 2, epoch: LeaderEpoch(6)), at: nil)
        #expect(state.leaderChangeCount == 3)
        #expect(state.leadership(of: orders) == PartitionLeadership(nodeID: 2, changeCount: 3))
    }

    @Test("is asked for again after an error, and after failures ever more slowly")
    func failures() {
        var state = state()
        var waits: [NIODeadline] = []
        for _ in 0..<5 {
            state.didAsk()
            state.fail(now: start, jitter: 0.5)
            guard case .wait(let deadline) = state.step(now: start) else { continue }
            waits.append(deadline)
        }
        #expect(waits == [ms(100), ms(200), ms(400), ms(800), ms(1000)])
        receive(response(), &state, at: ms(1000))
        state.invalidate()
        #expect(state.step(now: ms(1000)) == .wait(until: ms(1100)))
        state.want(["a new one"])
        #expect(state.step(now: ms(1000)) == .ask)
    }

    @Test("keeps asking while a topic has no leader, and stops where it never will")
    func leaderless() {
        var state = state()
        receive(response(leader: -1), &state, at: start)
        #expect(state.leader(of: orders) == nil)
        #expect(state.step(now: start) == .wait(until: ms(100)))
        receive(response(error: .unknownTopicOrPartition), &state, at: ms(100))
        #expect(state.step(now: ms(100)) == .wait(until: ms(300)))
        #expect(state.fatalError(of: "orders") == nil)
        receive(response(error: .topicAuthorizationFailed), &state, at: ms(300))
        #expect(state.step(now: ms(300)) == .wait(until: ms(300_300)))
        #expect(state.fatalError(of: "orders") == .topicAuthorizationFailed)
    }

    @Test("believes the higher leader epoch, whoever tells it later")
    func epochs() {
        var state = state()
        receive(response(leader: 1, epoch: 5), &state, at: start)
        state.update(
            orders, leader: PartitionLeader(nodeID: 2, epoch: LeaderEpoch(6)), at: nil)
        #expect(state.leader(of: orders)?.nodeID == 2)
        receive(response(leader: 1, epoch: 5), &state, at: start)
        #expect(state.leader(of: orders)?.nodeID == 2)
        receive(response(leader: 1, epoch: 7), &state, at: start)
        #expect(state.leader(of: orders)?.nodeID == 1)
        // A leader whose address nobody has told is of no use.
        state.update(
            orders, leader: PartitionLeader(nodeID: 9, epoch: LeaderEpoch(8)), at: nil)
        #expect(state.leader(of: orders)?.nodeID == 1)
    }

    @Test("believes any answer where brokers tell no epoch")
    func noEpochs() {
        var state = state()
        receive(response(leader: 1, epoch: -1), &state, at: start)
        receive(response(leader: 2, epoch: -1), &state, at: start)
        #expect(state.leader(of: orders)?.nodeID == 2)
    }

    @Test("goes on with the leaders it knew while a topic cannot be described")
    func transientError() {
        var state = state()
        receive(response(), &state, at: start)
        receive(response(error: .leaderNotAvailable), &state, at: start)
        #expect(state.leader(of: orders)?.nodeID == 1)
    }

    @Test("goes back to the bootstrap servers where nobody answers, if that is allowed")
    func rebootstrap() {
        var state = state()
        receive(response(), &state, at: start)
        state.didAsk()
        state.fail(now: start, jitter: 0)
        let early = state.rebootstrapIfDue(now: ms(299_999), noBrokerIsReachable: false)
        let late = state.rebootstrapIfDue(now: ms(300_000), noBrokerIsReachable: false)
        #expect(!early && late)
        #expect(state.brokers.isEmpty)

        receive(response(), &state, at: start)
        let unreachable = state.rebootstrapIfDue(now: start, noBrokerIsReachable: true)
        #expect(unreachable)

        var cautious = self.state { $0.recoveryStrategy = .none }
        receive(response(), &cautious, at: start)
        let forbidden = cautious.rebootstrapIfDue(now: ms(900_000), noBrokerIsReachable: true)
        #expect(!forbidden)
        #expect(cautious.brokers.count == 2)
    }

    @Test("leaves out what an answer cannot mean")
    func hostility() {
        var state = state()
        var hostile = response()
        hostile.brokers[1].port = 0
        hostile.topics[0].partitions[0].partitionIndex = -1
        var other = hostile.topics[0]
        other.name = "not asked for"
        hostile.topics.append(other)
        receive(hostile, &state, at: start)
        #expect(state.brokers.keys.sorted() == [1])
        #expect(state.topics.keys.sorted() == ["orders"])
        #expect(state.topics["orders"]?.partitionCount == 0)
    }

    @Test("finds a coordinator in either form of the answer")
    func coordinators() throws {
        var coordinators = Coordinators()
        let key = Coordinators.Key(type: .group, name: "g")
        var old = FindCoordinatorResponse()
        (old.nodeID, old.host, old.port) = (3, "kafka-3", 9092)
        let found = try coordinators.receive(old, version: 3, for: key).get()
        #expect(found.nodeID == 3 && found.address == BrokerAddress(host: "kafka-3", port: 9092))
        #expect(coordinators[key] == 3)
        coordinators.forget(key)
        #expect(coordinators[key] == nil)

        var new = FindCoordinatorResponse()
        var one = FindCoordinatorResponse.Coordinator()
        one.key = "g"
        one.errorCode = .coordinatorLoadInProgress
        new.coordinators = [one]
        #expect(throws: CoordinatorError(code: .coordinatorLoadInProgress, key: "g")) {
            try coordinators.receive(new, version: 4, for: key).get()
        }
        #expect(throws: CoordinatorError(code: .unknownServerError, key: "other")) {
            let other = Coordinators.Key(type: .group, name: "other")
            _ = try coordinators.receive(new, version: 4, for: other).get()
        }
        #expect(coordinators[key] == nil)
    }
}
