import KafkaProtocol
import NIOCore
import RecordFormat

@testable import KafkaClient

/// A producer's state machine with its clock and the leaders of its partitions, which the test sets.
struct ProducerBench {
    var state: ProducerState
    var now = NIODeadline.uptimeNanoseconds(1_000_000_000_000)
    var leaders: [TopicPartition: Int32] = [:]
    var refusals: [String: ErrorCode] = [:]
    var connected: Set<Int32> = [1, 2]
    private(set) var outcomes: [PendingBatch.ID: DeliveryOutcome] = [:]
    private(set) var sends: [ProduceSend] = []
    private(set) var refreshCount = 0
    private(set) var initCount = 0

    static let first = ProducerIdentity(id: ProducerID(7), epoch: ProducerEpoch(0))

    init(_ change: (inout ProducerSettings) -> Void = { _ in }) {
        var settings = ProducerSettings()
        change(&settings)
        state = ProducerState(
            settings: settings, backoff: Backoff(initialMs: 100, maximumMs: 1000))
        for partition: Int32 in 0..<8 { leaders[Self.place(partition)] = 1 + partition % 2 }
        if settings.enableIdempotence { state.receive(Self.first) }
    }

    static func place(_ partition: Int32) -> TopicPartition {
        TopicPartition(topic: "orders", partition: partition)
    }

    @discardableResult
    mutating func add(
        _ partition: Int32 = 0, byteCount: Int = 100, records: Int32 = 10
    ) -> PendingBatch.ID {
        let (batch, refusal) = state.add(
            to: Self.place(partition), byteCount: byteCount, recordCount: records, now: now)
        if let refusal { outcomes[batch.id] = .failed(refusal) }
        return batch.id
    }

    /// Runs the machine, and returns the requests that it sends.
    @discardableResult
    mutating func step() -> [ProduceSend] {
        let leaders = leaders
        let refusals = refusals
        let connected = connected
        return perform(
            state.step(
                now: now,
                leader: { partition in
                    if let code = refusals[partition.topic] { return .refused(code) }
                    return leaders[partition].map { .node($0) } ?? .unknown
                }, canSend: { connected.contains($0) }))
    }

    @discardableResult
    mutating func perform(_ actions: [ProducerAction]) -> [ProduceSend] {
        var new: [ProduceSend] = []
        for action in actions {
            switch action {
            case .send(let send): new.append(send)
            case .complete(let batch, let outcome):
                precondition(outcomes.updateValue(outcome, forKey: batch.id) == nil)
            case .initProducerID: initCount += 1
            case .refreshMetadata: refreshCount += 1
            case .learnLeader(let partition, let leader, _): leaders[partition] = leader.nodeID
            }
        }
        sends += new
        return new
    }

    /// Answers each part of a request with `code`, and runs the machine after its back-off.
    @discardableResult
    mutating func answer(
        _ send: ProduceSend, _ code: ErrorCode = .none, offset: Int64 = 40,
        _ change: (inout ProduceResponse.Partition) -> Void = { _ in }
    ) -> [ProduceSend] {
        var response = ProduceResponse()
        for part in send.parts {
            var topic = ProduceResponse.Topic()
            topic.name = part.partition.topic
            var answer = ProduceResponse.Partition()
            answer.index = part.partition.partition
            answer.errorCode = code
            answer.baseOffset = Offset(code == .none ? offset : -1)
            change(&answer)
            topic.partitionResponses = [answer]
            response.responses.append(topic)
        }
        perform(state.receive(response, to: send.id, now: now, jitter: 0.5))
        return step()
    }

    mutating func wait(ms: Int64) -> [ProduceSend] {
        now = now + .milliseconds(ms)
        return step()
    }
}

extension ProduceSend {
    var ids: [PendingBatch.ID] { parts.map(\.batch.id) }
    var sequences: [Int32] { parts.compactMap { $0.batch.sequence?.base } }
    var epochs: [Int16] { parts.compactMap { $0.batch.sequence?.identity.epoch.rawValue } }
}

extension ConnectionError {
    static func lost(_ reason: Reason = .closedByBroker) -> ConnectionError {
        ConnectionError(
            reason, peer: Peer(address: BrokerAddress(host: "kafka-1", port: 9092), nodeID: 1))
    }
}
