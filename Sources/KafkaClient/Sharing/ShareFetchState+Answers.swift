import KafkaProtocol
import NIOCore
import RecordFormat

// What follows from an answer, and from none.
extension ShareFetchState {
    /// `frame` is what the response's ranges of records are places in.
    mutating func fetched(
        _ response: ShareFetchResponse, frame: ByteBuffer, ticket: Int, nowMs: Int64
    ) {
        guard let id = broker(of: ticket), accept(response.errorCode, .shareFetch, id, nowMs: nowMs)
        else { return }
        let asked = brokers[id]?.session ?? ShareSession()
        var said = brokers[id]?.inFlight ?? [:]
        brokers[id]?.inFlight = [:]
        var mustRefresh = false
        for topic in response.responses {
            // A topic that nobody asked for.
            guard let name = names[topic.topicID] else { continue }
            for part in topic.partitions {
                let one = TopicPartition(topic: name, partition: part.partitionIndex)
                settle(one, said.removeValue(forKey: one), part.acknowledgeErrorCode)
                guard asked.partitions[one] == topic.topicID else { continue }
                mustRefresh = mustRefresh || part.errorCode != .none
                read(part, of: one, from: id, response, frame, nowMs: nowMs)
            }
        }
        settleRest(said, .none)
        if mustRefresh { act(.refreshMetadata) }
        advance(nowMs: nowMs)
    }

    mutating func acknowledged(_ response: ShareAcknowledgeResponse, ticket: Int, nowMs: Int64) {
        guard let id = broker(of: ticket) else { return }
        if brokers[id]?.isClosing == true {
            settle(response, of: id)
            // Whatever the answer: the session ends, at the latest with its locks.
            brokers[id] = nil
            return advance(nowMs: nowMs)
        }
        guard accept(response.errorCode, .shareAcknowledge, id, nowMs: nowMs) else { return }
        settle(response, of: id)
        advance(nowMs: nowMs)
    }

    private mutating func settle(_ response: ShareAcknowledgeResponse, of id: Int32) {
        var said = brokers[id]?.inFlight ?? [:]
        brokers[id]?.inFlight = [:]
        for topic in response.responses {
            guard let name = names[topic.topicID] else { continue }
            for part in topic.partitions {
                let one = TopicPartition(topic: name, partition: part.partitionIndex)
                settle(one, said.removeValue(forKey: one), part.errorCode)
            }
        }
        settleRest(said, response.errorCode)
    }

    /// What the answer does not name: Kafka's clients take that for refused, too.
    private mutating func settleRest(
        _ said: [TopicPartition: Acknowledgements], _ code: ErrorCode
    ) {
        let code = code == .none ? .invalidRecordState : code
        for (one, said) in said { refuse(said, of: one, code) }
    }

    /// The connection was lost, or the answer took too long: the broker ends the session, and gives what the member
    /// had to others. Whether it took the acknowledgements before, nobody knows.
    mutating func requestFailed(ticket: Int, nowMs: Int64) {
        guard let id = broker(of: ticket) else { return }
        endSession(with: id, .networkException)
        if brokers[id]?.isClosing == true {
            brokers[id] = nil
        } else {
            pauseBroker(id, nowMs: nowMs)
        }
        act(.refreshMetadata)
        advance(nowMs: nowMs)
    }

    /// The broker does not have what the request needs, and will not have it later.
    mutating func cannotAsk(ticket: Int, _ error: any Error, nowMs: Int64) {
        requestFailed(ticket: ticket, nowMs: nowMs)
        fail(error)
    }

    /// The broker that is to answer the request with this ticket, which is answered now.
    private mutating func broker(of ticket: Int) -> Int32? {
        guard let id = brokers.first(where: { $0.value.ticket == ticket })?.key else { return nil }
        brokers[id]?.ticket = nil
        return id
    }

    /// Takes the session a step on, or ends it.
    ///
    /// - Returns: whether the broker did what it was asked for.
    private mutating func accept(
        _ code: ErrorCode, _ api: ApiKey, _ id: Int32, nowMs: Int64
    ) -> Bool {
        guard code != .none else {
            brokers[id]?.session.goOn()
            brokers[id]?.failures = 0
            return true
        }
        endSession(with: id, code)
        switch code {
        case .shareSessionNotFound, .invalidShareSessionEpoch, .shareSessionLimitReached,
            // A heartbeat tells whether the member is in the group.
            .unknownMemberID, .groupIDNotFound:
            break
        case _ where code.isRetriable: break
        default: fail(GroupError.refused(api, code, group: groupID))
        }
        pauseBroker(id, nowMs: nowMs)
        advance(nowMs: nowMs)
        return false
    }

    /// The request counted for nothing, or nobody knows. Opening the next session ends this one, and with it the
    /// locks: what the member had from it may be anybody's by then, and acknowledging it in the next session would
    /// be refused, or worse, hold for whoever has it.
    private mutating func endSession(with id: Int32, _ code: ErrorCode) {
        giveUp(brokers[id]?.inFlight ?? [:], of: id, code)
        giveUp(brokers[id]?.pending ?? [:], of: id, code)
        brokers[id]?.inFlight = [:]
        brokers[id]?.session.end()
        forget(givenBy: id, code)
    }

    private mutating func settle(
        _ one: TopicPartition, _ said: Acknowledgements?, _ code: ErrorCode
    ) {
        guard let said, code != .none else { return }
        refuse(said, of: one, code)
    }

    private mutating func read(
        _ part: ShareFetchResponse.Partition, of one: TopicPartition, from id: Int32,
        _ response: ShareFetchResponse, _ frame: ByteBuffer, nowMs: Int64
    ) {
        switch FetchReaction(part.errorCode, of: .shareFetch) {
        case .proceed: break
        case .refreshMetadata, .retry: return pause(one, nowMs: nowMs)
        case .resetOffset, .fail:
            pause(one, nowMs: nowMs)
            return fail(ConsumerError.refused(one, .shareFetch, part.errorCode))
        }
        partitions[one]?.failures = 0
        guard !part.acquiredRecords.isEmpty else { return }
        do throws(ConsumerError) {
            let run = try SharedRun(
                frame.readableBytesSpan, range: (part.records ?? .empty).range, of: one,
                acquired: part.acquiredRecords, checksCRCs: consumer.checkCRCs)
            if !run.acknowledgements.isEmpty {
                brokers[id]?.pending[one, default: Acknowledgements()]
                    .put(back: run.acknowledgements)
            }
            let records = ShareRecords(
                partition: one, acquired: run.acquired, batches: run.batches,
                lockTimeoutMs: response.acquisitionLockTimeoutMs, bytes: frame, broker: id)
            if let fault = run.fault { fail(fault) }
            guard !records.acquired.isEmpty else { return }
            // The member may have lost it meanwhile.
            guard partitions[one] != nil else {
                for range in records.acquired { say(.release, of: range.offsets, in: one, to: id) }
                return
            }
            put(records)
        } catch {
            // Its lock ends by itself.
            pause(one, nowMs: nowMs)
            fail(error)
        }
    }
}
