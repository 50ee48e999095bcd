import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

/// A group of the consumer protocol with members as clients are: each gives up what it is not assigned
/// any more, says so, and takes what it is assigned.
struct ReconciledGroupRun {
    struct Client {
        var id: String
        var instanceID: String?
        var epoch: Int32 = 0
        var owned = PartitionSet()
        var topics: [String]
        var pattern: String?
        /// The next heartbeat says all.
        var isFull = true
    }

    var group: ReconciledGroup
    var topics: [String: ReconciledGroup.Topic] = [:]
    var clients: [String: Client] = [:]
    private var changeCount = 0
    /// All that was ever written, in order.
    private(set) var records: [ReconciledGroupRecord] = []

    init(_ counts: [String: Int32] = ["t": 6]) {
        group = ReconciledGroup(id: "g", config: GroupConfig())
        for (name, count) in counts { set(name, count) }
    }

    static func id(_ name: String) -> TopicID {
        TopicID(
            mostSignificantBits: 1,
            leastSignificantBits: name.utf8.reduce(0) { $0 << 8 | UInt64($1) })
    }

    mutating func set(_ name: String, _ count: Int32?) {
        topics[name] = count.map { ReconciledGroup.Topic(id: Self.id(name), partitionCount: $0) }
        changeCount += 1
    }

    mutating func add(
        _ id: String, topics: [String] = ["t"], pattern: String? = nil, instanceID: String? = nil
    ) {
        clients[id] = Client(id: id, instanceID: instanceID, topics: topics, pattern: pattern)
    }

    /// A heartbeat of the group's, whatever a client makes of it.
    mutating func send(
        _ id: String, epoch: Int32, instanceID: String? = nil, owned: PartitionSet? = nil,
        topics subscribed: [String]? = nil, pattern: String? = nil,
        rebalanceTimeoutMs: Int32 = -1
    ) throws(GroupRefusal) -> ConsumerGroupHeartbeatResponse {
        var request = ConsumerGroupHeartbeatRequest()
        request.groupID = "g"
        request.memberID = id
        request.memberEpoch = epoch
        request.instanceID = instanceID
        request.topicPartitions = owned?.wire
        request.subscribedTopicNames = subscribed
        request.subscribedTopicRegex = pattern
        request.rebalanceTimeoutMs = rebalanceTimeoutMs
        let event = ConsumerHeartbeat(
            request: request, clientID: "c", clientHost: "/h", newMemberID: "new")
        let known = KnownTopics(changeCount: changeCount, resolutions: resolutions(for: request)) {
            [topics] in topics[$0]
        }
        let response = try group.heartbeat(event, topics: known)
        records += group.takeRecords()
        return response
    }

    private func resolutions(
        for request: ConsumerGroupHeartbeatRequest
    ) -> [String: ReconciledGroup.Resolution] {
        // Each call is a while after the last.
        let due = group.patternsToResolve(
            for: request, topicChangeCount: changeCount, nowMs: GroupConfig.shortestRegexRefreshMs)
        return Dictionary(
            uniqueKeysWithValues: due.map { text in
                guard let pattern = try? TopicPattern(text) else {
                    preconditionFailure("\(text) is no pattern")
                }
                return (
                    text,
                    ReconciledGroup.Resolution(
                        topics: Set(topics.keys.filter(pattern.matches)),
                        topicChangeCount: changeCount, timestampMs: 0)
                )
            })
    }

    /// One heartbeat of a client, and what it does about the answer.
    mutating func beat(_ id: String) {
        guard var client = clients[id] else { return }
        do throws(GroupRefusal) {
            let response = try send(
                id, epoch: client.epoch, instanceID: client.instanceID, owned: client.owned,
                topics: client.isFull ? client.topics : nil,
                pattern: client.isFull ? client.pattern : nil,
                rebalanceTimeoutMs: client.isFull ? 60_000 : -1)
            client.isFull = false
            client.epoch = response.memberEpoch
            if let assignment = response.assignment {
                let assigned = PartitionSet(assignment.topicPartitions)
                // It first gives up, and takes over what is new once it has said so.
                let kept = client.owned.intersection(assigned)
                client.owned = kept == client.owned ? assigned : kept
                if client.owned != assigned { client.isFull = true }
            }
        } catch {
            client.owned = PartitionSet()
            client.epoch = 0
            client.isFull = true
        }
        clients[id] = client
        checkDisjoint()
    }

    mutating func leave(_ id: String, epoch: Int32 = ReconciledGroup.leavingEpoch) throws {
        guard let client = clients.removeValue(forKey: id) else { return }
        _ = try send(id, epoch: epoch, instanceID: client.instanceID)
    }

    /// The client is gone without a word, and its session ends.
    mutating func lose(_ id: String) {
        clients[id] = nil
        group.timerFired(.session(memberID: id))
        records += group.takeRecords()
    }

    /// Heartbeats of all until nothing changes any more.
    mutating func settle() {
        for _ in 0..<20 { for id in clients.keys.sorted() { beat(id) } }
    }

    /// No partition belongs to two clients.
    private func checkDisjoint() {
        var seen = PartitionSet()
        for client in clients.values {
            #expect(client.owned.intersection(seen).isEmpty)
            seen = seen.union(client.owned)
        }
    }
}
