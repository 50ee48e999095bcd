import KafkaProtocol
import NIOCore
import RecordFormat

// What follows from an answer, and from none.
extension FetchState {
    /// `frame` is what the response's ranges of records are places in.
    mutating func fetched(
        _ response: FetchResponse, frame: ByteBuffer, ticket: Int, nowMs: Int64
    ) {
        guard let asked = answered(ticket) else { return }
        do throws(FetchSession.Fault) {
            try sessions[asked.broker, default: FetchSession()].accept(response)
        } catch {
            return pauseBroker(asked.broker, nowMs: nowMs)
        }
        brokerPauses[asked.broker] = nil
        for topic in response.responses {
            guard let name = sessions[asked.broker]?.name(of: topic) else { continue }
            for part in topic.partitions {
                let one = TopicPartition(topic: name, partition: part.partitionIndex)
                guard let partition = current(one, of: asked) else { continue }
                read(part, of: one, partition, frame: frame, nowMs: nowMs)
                if (part.records ?? .empty).byteCount > 0 { moveToEnd(one) }
                due.touch(one)
            }
        }
        advance(nowMs: nowMs)
    }

    private mutating func read(
        _ part: FetchResponse.Partition, of one: TopicPartition, _ known: FetchPartition,
        frame: ByteBuffer, nowMs: Int64
    ) {
        var partition = known
        switch FetchReaction(part.errorCode, of: .fetch) {
        case .proceed: break
        case .resetOffset where partition.readReplica != nil:
            // A follower that lags behind: the leader may have it.
            partition.readReplica = nil
            partitions[one] = partition
            return
        case .resetOffset:
            locate(&partition, one, lost: partition.position)
            partitions[one] = partition
            return
        case let reaction: return react(reaction, part.errorCode, of: .fetch, one, nowMs: nowMs)
        }
        // Of a broker that nobody knows nothing is kept.
        if brokers.contains(part.preferredReadReplica) {
            // A lease is not renewed before it ends: each would be one more time to wake up at.
            let isLeased = partition.readReplica.map {
                $0.nodeID == part.preferredReadReplica && nowMs < $0.untilMs
            }
            if isLeased != true {
                partition.readReplica = (part.preferredReadReplica, nowMs + replicaLeaseMs)
                due.touch(one, atMs: nowMs + replicaLeaseMs)
            }
        }
        let range = (part.records ?? .empty).range
        do throws(ConsumerError) {
            let run = try FetchedRun(
                frame.readableBytesSpan, range: range, of: one, from: partition.position,
                aborted: settings.isolation == .readCommitted
                    ? AbortedTransactions(part.abortedTransactions ?? []) : nil,
                checksCRCs: settings.checkCRCs)
            if run.nextOffset > partition.position {
                queue.append(
                    FetchedRecords(
                        run, of: one, position: partition.position,
                        positionEpoch: partition.positionEpoch, answer: part, frame: frame))
                partition.position = run.nextOffset
                partition.positionEpoch = run.leaderEpoch
            }
            partition.failures = 0
            partitions[one] = partition
            // Batches below the position only, again and again, would keep both sides busy with
            // nothing.
            if run.byteCount > 0, run.nextOffset == known.position { setPause(one, nowMs: nowMs) }
        } catch {
            partition.phase = .failed
            partitions[one] = partition
            queue.fail(error)
        }
    }

    /// The connection was lost, or the answer took too long, or the broker cannot be asked at all.
    mutating func requestFailed(ticket: Int, nowMs: Int64) {
        guard let asked = answered(ticket) else { return }
        if asked.api == .fetch { sessions[asked.broker]?.requestFailed() }
        for one in partitions(of: asked) where partitions[one]?.readReplica != nil {
            partitions[one]?.readReplica = nil
            due.touch(one)
        }
        pauseBroker(asked.broker, nowMs: nowMs)
        act(.refreshMetadata)
    }

    /// The broker has no OffsetForLeaderEpoch that says enough: positions are taken as they are.
    mutating func cannotValidate(ticket: Int, nowMs: Int64) {
        guard let asked = answered(ticket) else { return }
        for one in asked.partitions.keys where current(one, of: asked)?.phase == .validating {
            partitions[one]?.phase = .fetching
        }
        advance(nowMs: nowMs)
    }

    /// The broker does not have what the request needs, and will not have it later.
    mutating func cannotAsk(ticket: Int, _ error: ConnectionError) {
        guard let asked = answered(ticket) else { return }
        for one in partitions(of: asked) where current(one, of: asked) != nil {
            partitions[one]?.phase = .failed
            due.touch(one)
            queue.fail(.unusableBroker(one, error))
        }
    }

    /// The requests that end the sessions, by broker, so that the brokers need not remember them.
    mutating func close() -> [Int32: FetchRequest] {
        remove(Array(partitions.keys))
        defer { sessions = [:] }
        return sessions.compactMapValues { $0.closing() }
    }

    /// Takes the request with `ticket` from those in flight; nil if it was answered before.
    mutating func answered(_ ticket: Int) -> Asked? {
        guard let asked = asked.removeValue(forKey: ticket) else { return nil }
        if asked.api == .fetch { fetchesInFlight.remove(asked.broker) }
        for one in asked.partitions.keys where current(one, of: asked) != nil {
            partitions[one]?.isAsked = false
            due.touch(one)
        }
        return asked
    }

    private func partitions(of asked: Asked) -> [TopicPartition] {
        asked.api == .fetch
            ? (sessions[asked.broker]?.partitions.keys).map(Array.init) ?? []
            : Array(asked.partitions.keys)
    }

    /// The partition, if it was asked for and there has been no seek since.
    func current(_ one: TopicPartition, of asked: Asked) -> FetchPartition? {
        let incarnation =
            asked.api == .fetch
            ? sessions[asked.broker]?.partitions[one]?.incarnation : asked.partitions[one]
        guard let partition = partitions[one], incarnation == partition.incarnation else {
            return nil
        }
        return partition
    }

    mutating func react(
        _ reaction: FetchReaction, _ code: ErrorCode, of api: ApiKey, _ one: TopicPartition,
        nowMs: Int64
    ) {
        switch reaction {
        case .proceed: break
        case .refreshMetadata:
            partitions[one]?.readReplica = nil
            setPause(one, nowMs: nowMs)
            act(.refreshMetadata)
        case .retry: setPause(one, nowMs: nowMs)
        case .resetOffset, .fail:
            partitions[one]?.phase = .failed
            due.touch(one)
            queue.fail(.refused(one, api, code))
        }
    }

    private mutating func pauseBroker(_ broker: Int32, nowMs: Int64) {
        let failures = (brokerPauses[broker]?.failures ?? 0) + 1
        let untilMs = nowMs + backoff.waitMs(afterFailures: failures, jitter: jitter)
        brokerPauses[broker] = (failures, untilMs)
    }
}
