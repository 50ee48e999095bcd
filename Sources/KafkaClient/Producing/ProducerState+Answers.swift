import KafkaProtocol
import NIOCore
import RecordFormat

extension ProducerState {
    /// The answer to a request.
    mutating func receive(
        _ response: ProduceResponse, to id: ProduceSend.ID, now: NIODeadline,
        jitter: @autoclosure () -> Double
    ) -> [ProducerAction] {
        var actions: [ProducerAction] = []
        land(id) { state, landed in
            let answers = landed.count > 1 ? Self.byPartition(response) : [:]
            for (index, batch) in landed {
                let partition = state.partitions.entries[index].partition
                let found =
                    landed.count > 1
                    ? answers[partition] : Self.answer(to: partition, in: response)
                guard let answer = found else {
                    let error = DeliveryError.broker(
                        .unknownServerError, message: "the response leaves the partition out")
                    state.retry(batch, index, error, isDoubtful: true, now, jitter, &actions)
                    continue
                }
                state.receive(answer, for: batch, index, now, jitter, &actions)
                if let action = Self.newLeader(of: partition, answer, in: response) {
                    actions.append(action)
                }
            }
        }
        return actions
    }

    private static func newLeader(
        of partition: TopicPartition, _ answer: ProduceResponse.Partition,
        in response: ProduceResponse
    ) -> ProducerAction? {
        guard let leader = answer.currentLeader, leader.leaderID >= 0 else { return nil }
        let endpoint = response.nodeEndpoints?.first { $0.nodeID == leader.leaderID }
        return .learnLeader(
            partition, PartitionLeader(nodeID: leader.leaderID, epoch: leader.leaderEpoch),
            endpoint.flatMap(BrokerAddress.init))
    }

    private static func byPartition(
        _ response: ProduceResponse
    ) -> [TopicPartition: ProduceResponse.Partition] {
        var answers: [TopicPartition: ProduceResponse.Partition] = [:]
        for topic in response.responses {
            for partition in topic.partitionResponses {
                answers[TopicPartition(topic: topic.name, partition: partition.index)] = partition
            }
        }
        return answers
    }

    /// What is said last of a partition, as `byPartition` has it.
    private static func answer(
        to partition: TopicPartition, in response: ProduceResponse
    ) -> ProduceResponse.Partition? {
        for topic in response.responses.reversed() where topic.name == partition.topic {
            if let answer = topic.partitionResponses.last(where: {
                $0.index == partition.partition
            }) {
                return answer
            }
        }
        return nil
    }

    private mutating func receive(
        _ answer: ProduceResponse.Partition, for batch: PendingBatch, _ index: Int,
        _ now: NIODeadline, _ jitter: () -> Double, _ actions: inout [ProducerAction]
    ) {
        guard answer.errorCode != .none else {
            return complete(batch, .acknowledged(Acknowledgement(answer)), &actions)
        }
        let code = answer.errorCode
        let error = DeliveryError.broker(code, message: answer.errorMessage)
        switch ProduceErrorKind(code) {
        case .duplicate: complete(batch, .acknowledged(Acknowledgement(answer)), &actions)
        case .refreshMetadata:
            actions.append(.refreshMetadata)
            retry(batch, index, error, isDoubtful: code.leavesProduceDoubt, now, jitter, &actions)
        case .retriable:
            retry(batch, index, error, isDoubtful: code.leavesProduceDoubt, now, jitter, &actions)
        case .outOfOrder where batch.sequence != nil:
            refuseNumber(batch, index, error, now, jitter, &actions)
        case .newProducerID where batch.sequence != nil:
            discard(batch.sequence?.identity)
            withQueue(index) { $0.requireRestart() }
            retryUnharmed(batch, index, error, now, jitter, &actions)
        case .producerFatal:
            giveUp(batch, index, error, isDoubtful: false, &actions)
            actions += abandon(.producer(code))
        case .fatal, .abortable, .outOfOrder, .newProducerID:
            giveUp(batch, index, error, isDoubtful: code.leavesProduceDoubt, &actions)
        }
    }

    /// The batch is not in the log, since the broker has not its predecessor either.
    private mutating func refuseNumber(
        _ batch: PendingBatch, _ index: Int, _ error: DeliveryError, _ now: NIODeadline,
        _ jitter: () -> Double, _ actions: inout [ProducerAction]
    ) {
        if withQueue(index, { $0.isFirst(batch.id) }) { withQueue(index) { $0.requireRestart() } }
        retryUnharmed(batch, index, error, now, jitter, &actions)
    }

    private mutating func retryUnharmed(
        _ batch: PendingBatch, _ index: Int, _ error: DeliveryError, _ now: NIODeadline,
        _ jitter: () -> Double, _ actions: inout [ProducerAction]
    ) {
        var batch = batch
        batch.isDoubtful = false
        retry(batch, index, error, isDoubtful: false, now, jitter, &actions)
    }

    private mutating func retry(
        _ batch: PendingBatch, _ index: Int, _ error: DeliveryError, isDoubtful: Bool,
        _ now: NIODeadline, _ jitter: () -> Double, _ actions: inout [ProducerAction]
    ) {
        guard fatalError == nil, batch.attempts <= settings.retries, !batch.isExpired(now: now)
        else { return giveUp(batch, index, error, isDoubtful: isDoubtful, &actions) }
        var batch = batch
        batch.isDoubtful = batch.isDoubtful || isDoubtful
        batch.lastError = error
        batch.notBefore = now + backoff.wait(afterFailures: batch.attempts, jitter: jitter())
        putBack(batch, index)
    }

    mutating func giveUp(
        _ batch: PendingBatch, _ index: Int, _ error: DeliveryError, isDoubtful: Bool,
        _ actions: inout [ProducerAction]
    ) {
        withQueue(index) { $0.leaveGap(after: batch) }
        var batch = batch
        batch.isDoubtful = batch.isDoubtful || isDoubtful
        complete(batch, batch.givenUp(error), &actions)
    }

    /// No answer came.
    mutating func fail(
        _ id: ProduceSend.ID, _ error: ConnectionError, now: NIODeadline,
        jitter: @autoclosure () -> Double
    ) -> [ProducerAction] {
        var actions: [ProducerAction] = [.refreshMetadata]
        land(id) { state, landed in
            for (index, batch) in landed {
                if error.isRetriable {
                    state.retry(
                        batch, index, .connection(error), isDoubtful: error.leavesDoubt, now,
                        jitter, &actions)
                } else {
                    state.giveUp(
                        batch, index, .connection(error), isDoubtful: error.leavesDoubt, &actions)
                }
            }
        }
        return actions
    }

    /// A request with acks=0 is written, and no answer will come.
    mutating func didWrite(_ id: ProduceSend.ID) -> [ProducerAction] {
        var actions: [ProducerAction] = []
        land(id) { state, landed in
            for (_, batch) in landed {
                state.complete(batch, .inDoubt(.noAcknowledgement), &actions)
            }
        }
        return actions
    }
}

extension Acknowledgement {
    init(_ answer: ProduceResponse.Partition) {
        baseOffset = answer.baseOffset.rawValue < 0 ? nil : answer.baseOffset
        logAppendTimeMs = answer.logAppendTimeMs < 0 ? nil : answer.logAppendTimeMs
    }
}

extension BrokerAddress {
    init?(_ endpoint: NodeEndpoint) {
        guard (1...65535).contains(endpoint.port), !endpoint.host.isEmpty else { return nil }
        self.init(host: endpoint.host, port: Int(endpoint.port))
    }
}
