import KafkaProtocol
import RecordFormat

// Which requests are sent.
extension ShareFetchState {
    /// When a pause ends, or the next request may go; nil where nothing follows from time alone.
    func nextDeadlineMs(after nowMs: Int64) -> Int64? {
        let pauses = brokers.values.lazy.filter { $0.ticket == nil }.map(\.pausedUntilMs)
        return [pauses.filter { $0 > nowMs }.min(), pausedUntilMs].compactMap(\.self).min()
    }

    /// Sends what can be sent.
    mutating func advance(nowMs: Int64) {
        if leadersHaveChanged || pausedUntilMs.map({ nowMs >= $0 }) == true {
            findWanted(nowMs: nowMs)
        }
        let asks = isWanted && queue.isEmpty && errors.isEmpty
        for id in Set(wanted.keys).union(brokers.keys).sorted() {
            let broker = brokers[id] ?? Broker()
            guard broker.ticket == nil, nowMs >= broker.pausedUntilMs else { continue }
            send(to: id, asks ? wanted[id] ?? [:] : [:])
        }
    }

    private mutating func findWanted(nowMs: Int64) {
        leadersHaveChanged = false
        wanted = [:]
        var lacksLeader = false
        for (one, partition) in partitions where nowMs >= partition.pausedUntilMs {
            if let leader = partition.leader, partition.topicID != .none {
                wanted[leader, default: [:]][one] = partition.topicID
            } else {
                lacksLeader = true
                pause(one, nowMs: nowMs)
            }
        }
        pausedUntilMs = partitions.values.lazy.map(\.pausedUntilMs).filter { $0 > nowMs }.min()
        leadersHaveChanged = false
        if lacksLeader { act(.refreshMetadata) }
    }

    private mutating func send(to id: Int32, _ wanted: [TopicPartition: TopicID]) {
        let broker = brokers[id] ?? Broker()
        if isClosing { return closeSession(with: id) }
        // A renewal goes without a fetch, and a fetch would take a partition into the session.
        let goesAlone = broker.pending.contains { wanted[$0.key] == nil || $0.value.hasRenewals }
        if broker.session.isOpen, !broker.pending.isEmpty, wanted.isEmpty || goesAlone {
            return sendAcknowledgements(to: id, closes: false)
        }
        if wanted.isEmpty {
            // Of a session that is gone nothing can be acknowledged, and nobody opens another one soon.
            if !broker.session.isOpen, isFlushing || self.wanted[id] == nil {
                giveUp(broker.pending, of: id, .shareSessionNotFound)
            }
            return
        }
        sendFetch(to: id, wanted)
    }

    private mutating func sendFetch(to id: Int32, _ wanted: [TopicPartition: TopicID]) {
        var broker = brokers[id] ?? Broker()
        var request = ShareFetchRequest()
        request.groupID = groupID
        request.memberID = memberID
        request.maxWaitMs = Int32(clamping: consumer.fetchMaxWaitMs)
        request.minBytes = Int32(clamping: consumer.fetchMinBytes)
        request.maxBytes = Int32(clamping: consumer.fetchMaxBytes)
        request.maxRecords = Int32(clamping: share.maxPollRecords)
        request.batchSize = request.maxRecords
        request.acquireMode = share.acquireMode.wire
        // The first request of a session may acknowledge nothing.
        if broker.session.isOpen {
            broker.inFlight = broker.pending
            broker.pending = [:]
        }
        broker.session.prepare(&request, wanting: wanted, broker.inFlight)
        let ticket = newTicket()
        broker.ticket = ticket
        brokers[id] = broker
        act(.fetch(broker: id, request, ticket: ticket))
    }

    private mutating func sendAcknowledgements(to id: Int32, closes: Bool) {
        guard var broker = brokers[id] else { return }
        var request = ShareAcknowledgeRequest()
        request.groupID = groupID
        request.memberID = memberID
        broker.inFlight = broker.pending
        broker.pending = [:]
        broker.isClosing = closes
        broker.session.prepare(&request, closes: closes, broker.inFlight, ids: ids)
        let ticket = newTicket()
        broker.ticket = ticket
        brokers[id] = broker
        act(.acknowledge(broker: id, request, ticket: ticket))
    }

    private mutating func closeSession(with id: Int32) {
        guard let broker = brokers[id] else { return }
        guard broker.session.isOpen else {
            giveUp(broker.pending, of: id, .shareSessionNotFound)
            brokers[id] = nil
            return
        }
        sendAcknowledgements(to: id, closes: true)
    }

    /// These are not acknowledged, and will be somebody's again.
    mutating func giveUp(
        _ acknowledgements: [TopicPartition: Acknowledgements], of id: Int32, _ code: ErrorCode
    ) {
        for (one, said) in acknowledgements {
            refuse(said, of: one, code)
            brokers[id]?.pending[one] = nil
        }
    }

    /// The broker did not take these, or nobody knows whether it did.
    mutating func refuse(_ said: Acknowledgements, of one: TopicPartition, _ code: ErrorCode) {
        refusals[one] = code
        refusedCount = refusedCount.addingWithinBounds(said.count)
    }

    mutating func pause(_ one: TopicPartition, nowMs: Int64) {
        guard var partition = partitions[one] else { return }
        partition.failures += 1
        partition.pausedUntilMs =
            nowMs + backoff.waitMs(afterFailures: partition.failures, jitter: jitter)
        partitions[one] = partition
        leadersHaveChanged = true
    }

    mutating func pauseBroker(_ id: Int32, nowMs: Int64) {
        guard var broker = brokers[id] else { return }
        broker.failures += 1
        broker.pausedUntilMs =
            nowMs + backoff.waitMs(afterFailures: broker.failures, jitter: jitter)
        brokers[id] = broker
    }
}
