import KafkaProtocol
import RecordFormat

/// The fetch session with one broker (KIP-227): the broker remembers the partitions and their
/// offsets, and a request names only what has changed. So a request costs what has changed, however
/// many partitions there are.
///
/// A broker that grants no session is asked in full each time.
///
/// Thread contract: a value with one owner.
struct FetchSession: Sendable {
    /// Why a response cannot be used.
    enum Fault: Error, Hashable, Sendable {
        /// The session is gone, or out of step; the next request begins another one.
        case refused(ErrorCode)
        /// The response has a partition that was not asked for, or one twice.
        case unexpected(TopicPartition)
        /// The response to a full request lacks a partition.
        case missing(TopicPartition)
        case wrongSession(Int32)
    }

    /// What is asked for of a partition, and in which of its incarnations.
    struct Entry: Equatable, Sendable {
        var asked: FetchRequest.Partition
        var incarnation: Int
    }

    private enum Change: Sendable {
        case want(Entry)
        case forget
    }

    /// 0 outside of a session.
    private(set) var id: Int32 = 0
    /// Of the next request; 0 asks for a new session, and ends the one with this id.
    private(set) var epoch: Int32 = 0
    /// What the broker takes to be asked for, once it has the request in flight.
    private(set) var partitions: [TopicPartition: Entry] = [:]
    /// What the next request changes.
    private var changes: [TopicPartition: Change] = [:]

    private var isFull: Bool { epoch == 0 }

    /// From the next request on the partition is asked for.
    mutating func want(_ one: TopicPartition, _ entry: Entry) {
        if changes[one] == nil, partitions[one] == entry { return }
        changes[one] = .want(entry)
    }

    /// From the next request on the partition is not asked for.
    mutating func forget(_ one: TopicPartition) { changes[one] = .forget }

    /// Fills in the session, and of what is wanted what the broker does not know.
    ///
    /// - Parameter turn: of a partition; those of the lowest come first.
    mutating func prepare(_ request: inout FetchRequest, turn: (TopicPartition) -> Int) {
        request.sessionID = id
        request.sessionEpoch = epoch
        var named: [TopicPartition] = []
        var forgotten: [TopicPartition] = []
        for (one, change) in changes {
            switch change {
            case .want(let entry):
                if !isFull, partitions[one]?.asked != entry.asked { named.append(one) }
                partitions[one] = entry
            case .forget:
                if partitions.removeValue(forKey: one) != nil, !isFull { forgotten.append(one) }
            }
        }
        changes.removeAll(keepingCapacity: true)
        if isFull { named = Array(partitions.keys) }
        let order = named.map { (one: $0, turn: turn($0)) }.sorted { $0.turn < $1.turn }
        request.topics = []
        for (one, _) in order {
            guard let asked = partitions[one]?.asked else { continue }
            if request.topics.last?.topic != one.topic {
                var topic = FetchRequest.Topic()
                topic.topic = one.topic
                request.topics.append(topic)
            }
            request.topics[request.topics.count - 1].partitions.append(asked)
        }
        request.forgottenTopicsData = ConsumerProtocolTopic.grouping(forgotten).map {
            var topic = FetchRequest.ForgottenTopic()
            topic.topic = $0.topic
            topic.partitions = $0.partitions
            return topic
        }
    }

    /// Checks the response to the last request, and goes one step on.
    mutating func accept(_ response: FetchResponse) throws(Fault) {
        guard response.errorCode == .none else {
            if response.errorCode == .fetchSessionIDNotFound { id = 0 }
            epoch = 0
            throw .refused(response.errorCode)
        }
        do throws(Fault) {
            try checkPartitions(of: response)
        } catch {
            epoch = 0
            throw error
        }
        guard response.sessionID != 0 else {
            // No session, or no longer.
            id = 0
            epoch = 0
            return
        }
        guard isFull || response.sessionID == id else {
            epoch = 0
            throw .wrongSession(response.sessionID)
        }
        id = response.sessionID
        epoch = epoch == .max ? 1 : epoch + 1
    }

    private func checkPartitions(of response: FetchResponse) throws(Fault) {
        var seen: Set<TopicPartition> = []
        for topic in response.responses {
            for partition in topic.partitions {
                let one = TopicPartition(topic: topic.topic, partition: partition.partitionIndex)
                guard partitions[one] != nil, seen.insert(one).inserted else {
                    throw .unexpected(one)
                }
            }
        }
        guard isFull, seen.count < partitions.count else { return }
        let missing = partitions.keys.filter { !seen.contains($0) }
        if let first = missing.min(by: TopicPartition.comesBefore) { throw .missing(first) }
    }

    /// The connection was lost, or the response was not read: what the broker remembers is not
    /// known.
    mutating func requestFailed() { epoch = 0 }

    /// The request that ends the session, so that the broker need not remember it; nil outside of
    /// one.
    func closing() -> FetchRequest? {
        guard id != 0 else { return nil }
        var request = FetchRequest()
        request.sessionID = id
        request.sessionEpoch = -1
        return request
    }
}
