import KafkaProtocol
import NIOCore
import RecordFormat

/// Decides which batches are sent when, and what becomes of them.
///
/// Batches wait in a queue for each partition. A request to a broker gathers one batch of each
/// partition that it leads, up to `max.request.size`; at most
/// `max.in.flight.requests.per.connection` requests are on their way to it. What fails and may succeed
/// later is put back until `retries` or `delivery.timeout.ms` are used up. A pure state machine: time,
/// chance and the leaders are passed in, and it returns what is to be done.
struct ProducerState {
    private struct Request {
        var nodeID: Int32
        var parts: [(partition: Int, batch: PendingBatch.ID)]
    }

    let settings: ProducerSettings
    let backoff: Backoff
    /// The bytes that a request has beside its batches and the names of its topics.
    static let requestOverhead = 512
    /// The bytes that a batch has beside itself and its topic's name.
    static let batchOverhead = 32

    var identityState: IdentityState = .needed(notBefore: nil, failures: 0)
    var partitions: PartitionTable
    /// The partitions with batches that wait, in the order of their turns.
    private var active = CircularBuffer<Int>()
    private var requests: [ProduceSend.ID: Request] = [:]
    private var inFlightOfNode: [Int32: Int] = [:]
    private var nextBatchID: PendingBatch.ID = 0
    private var nextRequestID: ProduceSend.ID = 0
    /// The producer was refused: nothing can be sent any more.
    private(set) var fatalError: DeliveryError?
    private(set) var unfinishedCount = 0
    /// Why a leader was not reached last, for batches that could not be sent at all.
    var connectError: DeliveryError?

    init(settings: ProducerSettings, backoff: Backoff) {
        self.settings = settings
        self.backoff = backoff
        partitions = PartitionTable(
            isIdempotent: settings.enableIdempotence,
            keepsOrderByWaiting: settings.maxInFlightRequestsPerConnection == 1)
    }

    var hasWaitingBatches: Bool { !active.isEmpty }

    // Batches come in.

    /// Takes a batch. `step` says what follows.
    mutating func add(
        to partition: TopicPartition, byteCount: Int, recordCount: Int32, now: NIODeadline
    ) -> (PendingBatch, refusal: DeliveryError?) {
        let batch = PendingBatch(
            id: nextBatchID, byteCount: byteCount, recordCount: recordCount,
            deadline: now + .milliseconds(settings.deliveryTimeoutMs))
        nextBatchID += 1
        if let fatalError { return (batch, fatalError) }
        guard byteCount <= settings.maxRequestSize else {
            return (batch, .tooLarge(byteCount: byteCount, limit: settings.maxRequestSize))
        }
        let index = partitions.index(of: partition, identity: identity)
        partitions.entries[index].queue.append(batch)
        activate(index)
        unfinishedCount += 1
        return (batch, nil)
    }

    private mutating func activate(_ index: Int) {
        guard !partitions.entries[index].isActive else { return }
        partitions.entries[index].isActive = true
        active.append(index)
    }

    // What is to be done now.

    /// The requests to send, and the batches that are given up. `canSend` tells whether there is a
    /// connection to a node.
    mutating func step(
        now: NIODeadline, leader: (TopicPartition) -> LeaderLookup, canSend: (Int32) -> Bool
    ) -> [ProducerAction] {
        var actions = expire(now: now)
        guard fatalError == nil else { return actions }
        // Another batch of the same partitions may fit into another request.
        repeat {
            if needsIdentity { askForIdentity(now: now, &actions) }
        } while send(now: now, leader: leader, canSend: canSend, &actions) && !active.isEmpty
        return actions
    }

    /// Adds a request for each broker for which there is something to send; whether there is one.
    private mutating func send(
        now: NIODeadline, leader: (TopicPartition) -> LeaderLookup, canSend: (Int32) -> Bool,
        _ actions: inout [ProducerAction]
    ) -> Bool {
        // One for each broker; there are few.
        var sends: [(send: ProduceSend, indexes: [Int], byteCount: Int)] = []
        var lacksLeader = false
        for _ in 0..<active.count {
            let index = active.removeFirst()
            partitions.entries[index].isActive = false
            defer { settle(index) }
            guard !partitions.entries[index].queue.waiting.isEmpty else { continue }
            restartIfPossible(index)
            guard let batch = partitions.entries[index].queue.next(now: now, current: identity)
            else { continue }
            let partition = partitions.entries[index].partition
            let node: Int32
            switch leader(partition) {
            case .node(let id): node = id
            case .unknown:
                lacksLeader = true
                continue
            case .refused(let code):
                for batch in partitions.entries[index].queue.takeAllWaiting() {
                    giveUp(
                        batch, index, .broker(code, message: nil), isDoubtful: false, &actions)
                }
                continue
            }
            let place = sends.firstIndex { $0.send.nodeID == node }
            let size =
                batch.byteCount + partition.topic.utf8.count + Self.batchOverhead
            let total = place.map { sends[$0].byteCount } ?? Self.requestOverhead
            guard canSend(node), hasRoom(node) else { continue }
            // A batch that fits into no request of that size has one of its own.
            guard place == nil || total + size <= settings.maxRequestSize else { continue }
            let part = ProduceSend.Part(
                partition: partition,
                batch: partitions.entries[index].queue.take(batch.id, current: identity))
            if let place {
                sends[place].send.parts.append(part)
                sends[place].indexes.append(index)
                sends[place].byteCount += size
            } else {
                let send = ProduceSend(id: 0, nodeID: node, parts: [part])
                sends.append((send, [index], total + size))
            }
        }
        if lacksLeader { actions.append(.refreshMetadata) }
        guard !sends.isEmpty else { return false }
        if sends.count > 1 { sends.sort { $0.send.nodeID < $1.send.nodeID } }
        for (send, indexes, _) in sends { actions.append(.send(register(send, indexes))) }
        return true
    }

    private func hasRoom(_ node: Int32) -> Bool {
        inFlightOfNode[node, default: 0] < settings.maxInFlightRequestsPerConnection
    }

    /// `indexes` are those of the parts' partitions.
    private mutating func register(_ send: ProduceSend, _ indexes: [Int]) -> ProduceSend {
        var send = send
        send.id = nextRequestID
        nextRequestID += 1
        inFlightOfNode[send.nodeID, default: 0] += 1
        requests[send.id] = Request(
            nodeID: send.nodeID, parts: zip(indexes, send.parts).map { ($0, $1.batch.id) })
        return send
    }

    private mutating func expire(now: NIODeadline) -> [ProducerAction] {
        var actions: [ProducerAction] = []
        for index in active {
            for batch in partitions.entries[index].queue.takeExpired(now: now) {
                let error = DeliveryError.timeout(
                    ms: settings.deliveryTimeoutMs, lastError: batch.lastError ?? connectError)
                complete(batch, batch.givenUp(error), &actions)
            }
        }
        return actions
    }

    mutating func complete(
        _ batch: PendingBatch, _ outcome: DeliveryOutcome, _ actions: inout [ProducerAction]
    ) {
        unfinishedCount -= 1
        actions.append(.complete(batch, outcome))
    }

    /// When `step` should be called though nothing has happened.
    func nextDeadline(now: NIODeadline) -> NIODeadline? {
        var first: NIODeadline?
        for index in active {
            guard let next = partitions.entries[index].queue.nextDeadline(now: now) else {
                continue
            }
            first = min(first ?? next, next)
        }
        guard case .needed(let notBefore?, _) = identityState, notBefore > now else { return first }
        return min(first ?? notBefore, notBefore)
    }

    // The end.

    /// Gives up all batches that wait, and takes no more. Those on the wire get their answers.
    mutating func abandon(_ error: DeliveryError) -> [ProducerAction] {
        fatalError = error
        var actions: [ProducerAction] = []
        for index in partitions.entries.indices {
            for batch in partitions.entries[index].queue.takeAllWaiting() {
                complete(batch, batch.givenUp(error), &actions)
            }
        }
        return actions
    }

    // What the answers need.

    /// The batches of a request that has ended, taken off the wire, for `decide`. After it a partition with
    /// nothing left to do has no queue any more.
    mutating func land(
        _ id: ProduceSend.ID,
        _ decide: (inout ProducerState, [(partition: Int, batch: PendingBatch)]) -> Void
    ) {
        guard let request = requests.removeValue(forKey: id) else { return }
        inFlightOfNode[request.nodeID, default: 1] -= 1
        let landed = request.parts.compactMap { part in
            partitions.entries[part.partition].queue.land(part.batch).map { (part.partition, $0) }
        }
        decide(&self, landed)
        for part in request.parts { settle(part.partition) }
    }

    /// A partition with batches that wait gets a turn; one with nothing left to do gives its queue back.
    private mutating func settle(_ index: Int) {
        if partitions.entries[index].queue.waiting.isEmpty {
            partitions.release(index, identity: identity)
        } else {
            activate(index)
        }
    }

    mutating func withQueue<Result>(
        _ index: Int, _ body: (inout PartitionQueue) -> Result
    ) -> Result { body(&partitions.entries[index].queue) }

    mutating func putBack(_ batch: PendingBatch, _ index: Int) {
        partitions.entries[index].queue.putBack(batch)
        activate(index)
    }
}
