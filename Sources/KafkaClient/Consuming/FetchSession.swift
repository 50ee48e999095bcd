import KafkaProtocol
import RecordFormat

extension FetchRequest {
    /// Later ones have the ids of topics in place of their names.
    static let lastVersionByName: Int16 = 12
}

/// The fetch session with one broker (KIP-227): the broker remembers the partitions and their
/// offsets, and a request names only what has changed. So a request costs what has changed, however
/// many partitions there are.
///
/// A broker that grants no session is asked in full each time.
///
/// Topics go by their ids once all of them are known, and by their names before. A session is of one
/// kind, and another one begins where that changes.
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
        /// `none` where it is not known.
        var topicID = TopicID.none
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
    /// Whether the last request names topics by their ids.
    private(set) var isByID = false
    /// Of the topics whose ids were asked for in this session.
    private var names: [TopicID: String] = [:]
    /// How many of `partitions` are of topics whose ids are not known.
    private var unidentifiedCount = 0
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
        var (named, forgotten) = applyChanges()
        if isByID != (unidentifiedCount == 0) {
            epoch = 0
            isByID = unidentifiedCount == 0
        }
        if isFull {
            named = Array(partitions.keys)
            forgotten = [:]
            names = [:]
        }
        request.sessionID = id
        request.sessionEpoch = epoch
        let order = named.map { (one: $0, turn: turn($0)) }.sorted { $0.turn < $1.turn }
        request.topics = []
        for (one, _) in order {
            guard let entry = partitions[one] else { continue }
            let id = isByID ? entry.topicID : .none
            if isByID { names[id] = one.topic }
            if request.topics.last?.topic != one.topic || request.topics.last?.topicID != id {
                var topic = FetchRequest.Topic()
                topic.topic = one.topic
                topic.topicID = id
                request.topics.append(topic)
            }
            request.topics[request.topics.count - 1].partitions.append(entry.asked)
        }
        request.forgottenTopicsData = forgotten.flatMap { id, partitions in
            ConsumerProtocolTopic.grouping(partitions).map {
                var topic = FetchRequest.ForgottenTopic()
                topic.topic = $0.topic
                topic.topicID = id
                topic.partitions = $0.partitions
                return topic
            }
        }
    }

    /// What the broker does not know yet, and what it is to forget, by the ids that it knows.
    private mutating func applyChanges() -> (
        named: [TopicPartition], forgotten: [TopicID: [TopicPartition]]
    ) {
        var named: [TopicPartition] = []
        var forgotten: [TopicID: [TopicPartition]] = [:]
        for (one, change) in changes {
            let known = partitions[one]
            if known?.topicID == TopicID.none { unidentifiedCount -= 1 }
            switch change {
            case .want(let entry):
                if entry.topicID == .none { unidentifiedCount += 1 }
                let isOfAnotherTopic = isByID && known.map { $0.topicID != entry.topicID } ?? false
                if let known, isOfAnotherTopic { forgotten[known.topicID, default: []].append(one) }
                if known?.asked != entry.asked || isOfAnotherTopic { named.append(one) }
                partitions[one] = entry
            case .forget:
                guard let known else { continue }
                forgotten[isByID ? known.topicID : .none, default: []].append(one)
                partitions[one] = nil
            }
        }
        changes.removeAll(keepingCapacity: true)
        return (named, forgotten)
    }

    /// The name of a topic in a response, which has its name or its id; nil for an id that was not
    /// asked for.
    func name(of topic: FetchResponse.Topic) -> String? {
        topic.topicID == .none ? topic.topic : names[topic.topicID]
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
            let name = name(of: topic) ?? "\(topic.topicID)"
            for partition in topic.partitions {
                let one = TopicPartition(topic: name, partition: partition.partitionIndex)
                guard let known = partitions[one],
                    topic.topicID == .none || topic.topicID == known.topicID,
                    seen.insert(one).inserted
                else { throw .unexpected(one) }
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
