import KafkaProtocol
import NIOCore
import RecordFormat

/// What the client knows of the cluster, and when it has to ask again.
///
/// It asks when what it knows is old, when an error showed that it is wrong, and when somebody wants a
/// topic that it does not know. Requests come one at a time, with a wait after each failure that
/// doubles. A pure state machine: time and chance are passed in.
struct MetadataState {
    private(set) var brokers: [Int32: BrokerAddress] = [:]
    private(set) var clusterID: String?
    private(set) var controllerID = PartitionLeader.noNode
    private(set) var topics: [String: TopicMetadata] = [:]
    /// The topics to ask for.
    private(set) var wanted: Set<String> = []

    /// How often another broker than before led a partition.
    private(set) var leaderChangeCount = 0

    private let settings: MetadataSettings
    /// By topic and partition, who led it last.
    private var lastLeaders: [String: [Int32: PartitionLeadership]] = [:]
    private var isStale = true
    private var isAsking = false
    private var failuresInARow = 0
    private var earliestNext: NIODeadline?
    private var lastSuccess: NIODeadline?
    /// Since when no answer has come.
    private var failingSince: NIODeadline?

    init(settings: MetadataSettings) { self.settings = settings }

    enum Step: Equatable {
        /// Ask now, for `wanted`.
        case ask
        case wait(until: NIODeadline)
        /// An answer is on its way.
        case expectAnswer
    }

    // What changes the state.

    /// Somebody needs these topics. For a new one nobody waits, unless brokers do not answer.
    mutating func want(_ names: some Sequence<String>) {
        for name in names where wanted.insert(name).inserted {
            isStale = true
            if failuresInARow == 0 { earliestNext = nil }
        }
    }

    /// Nobody needs the topic any more.
    mutating func forget(_ topic: String) {
        wanted.remove(topic)
        topics[topic] = nil
        lastLeaders[topic] = nil
    }

    /// An answer of a broker has shown that something here is wrong.
    mutating func invalidate() { isStale = true }

    /// A broker has said who leads the partition now (KIP-951).
    mutating func update(
        _ partition: TopicPartition, leader: PartitionLeader, at address: BrokerAddress?
    ) {
        guard leader.nodeID >= 0, let known = topics[partition.topic]?.leaders[partition.partition],
            leader.epoch > known.epoch
        else { return }
        if let address { brokers[leader.nodeID] = address }
        guard brokers[leader.nodeID] != nil else { return }
        topics[partition.topic]?.leaders[partition.partition] = leader
        noteLeaders(of: partition.topic)
    }

    private mutating func noteLeaders(of topic: String) {
        for (partition, leader) in topics[topic]?.leaders ?? [:] where leader.nodeID >= 0 {
            let last = lastLeaders[topic]?[partition]
            guard last?.nodeID != leader.nodeID else { continue }
            let changes = last.map { $0.changeCount + 1 } ?? 0
            lastLeaders[topic, default: [:]][partition] = PartitionLeadership(
                nodeID: leader.nodeID, changeCount: changes)
            if last != nil { leaderChangeCount += 1 }
        }
    }

    /// Nil where nobody was known to lead it.
    func leadership(of partition: TopicPartition) -> PartitionLeadership? {
        lastLeaders[partition.topic]?[partition.partition]
    }

    /// A broker has said where another one is.
    mutating func learn(_ nodeID: Int32, at address: BrokerAddress) { brokers[nodeID] = address }

    /// The request that `step` asked for is on its way.
    mutating func didAsk() {
        isAsking = true
        isStale = false
    }

    /// The answer to the last request. `requested` are the topics that were asked for.
    mutating func receive(
        _ response: MetadataResponse, requested: Set<String>, now: NIODeadline, jitter: Double
    ) {
        isAsking = false
        lastSuccess = now
        failingSince = nil
        if !response.brokers.isEmpty {
            brokers = [:]
            for broker in response.brokers where (1...65535).contains(broker.port) {
                brokers[broker.nodeID] = BrokerAddress(
                    host: broker.host, port: Int(broker.port))
            }
        }
        clusterID = response.clusterID ?? clusterID
        controllerID = response.controllerID
        for topic in response.topics {
            guard let name = topic.name, requested.contains(name) else { continue }
            topics[name] = TopicMetadata(topic, known: topics[name])
            noteLeaders(of: name)
        }
        // A topic that is being created or has no leader yet is asked for again.
        let isSettled = wanted.allSatisfy { name in
            guard let topic = topics[name] else { return false }
            return topic.isWhole || !(topic.errorCode == .none || topic.errorCode.isRetriable)
        }
        if isSettled {
            failuresInARow = 0
            // However many errors ask for it.
            earliestNext = now + .milliseconds(settings.retryBackoffMs)
        } else {
            isStale = true
            delay(now: now, jitter: jitter)
        }
    }

    /// No answer came.
    mutating func fail(now: NIODeadline, jitter: Double) {
        isAsking = false
        isStale = true
        failingSince = failingSince ?? now
        delay(now: now, jitter: jitter)
    }

    private mutating func delay(now: NIODeadline, jitter: Double) {
        failuresInARow += 1
        let backoff = Backoff(
            initialMs: settings.retryBackoffMs, maximumMs: settings.retryBackoffMaxMs)
        earliestNext = now + backoff.wait(afterFailures: failuresInARow, jitter: jitter)
    }

    /// Forgets the brokers, so that `bootstrap.servers` are asked again, if the settings allow it and
    /// the known ones cannot be reached or have not answered for long (KIP-899, KIP-1102).
    mutating func rebootstrapIfDue(now: NIODeadline, noBrokerIsReachable: Bool) -> Bool {
        guard settings.recoveryStrategy == .rebootstrap, !brokers.isEmpty else { return false }
        let isLate =
            failingSince.map { $0 + .milliseconds(settings.rebootstrapTriggerMs) <= now } ?? false
        guard noBrokerIsReachable || isLate else { return false }
        rebootstrap()
        return true
    }

    /// Forgets the brokers, because a broker asked for that.
    mutating func rebootstrap() {
        brokers = [:]
        failingSince = nil
        isStale = true
    }

    // What follows from it.

    func step(now: NIODeadline) -> Step {
        if isAsking { return .expectAnswer }
        var due = now
        if !isStale, let lastSuccess { due = lastSuccess + .milliseconds(settings.maxAgeMs) }
        if let earliestNext { due = max(due, earliestNext) }
        return due <= now ? .ask : .wait(until: due)
    }

    /// The leader of a partition; nil where nobody knows one.
    func leader(of partition: TopicPartition) -> PartitionLeader? {
        guard let leader = topics[partition.topic]?.leaders[partition.partition],
            leader.nodeID >= 0, brokers[leader.nodeID] != nil
        else { return nil }
        return leader
    }

    /// Whether the topic has all its partitions, and this one is none of them.
    func isBeyondTopic(_ partition: TopicPartition) -> Bool {
        guard let topic = topics[partition.topic], topic.isWhole else { return false }
        return topic.leaders[partition.partition] == nil
    }

    /// Whether the last answer came after a time.
    func isNewer(than time: NIODeadline) -> Bool { lastSuccess.map { $0 > time } ?? false }

    /// Why the topic cannot be used, and asking again will not change that.
    func fatalError(of topic: String) -> ErrorCode? {
        guard let code = topics[topic]?.errorCode, code != .none, !code.isRetriable else {
            return nil
        }
        return code
    }
}
