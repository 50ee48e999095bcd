import KafkaProtocol
import NIOCore
import RecordFormat

// What goes over the wire.

extension ProduceRequest {
    /// Later ones have the ids of topics in place of their names.
    fileprivate static let lastVersionByName: Int16 = 12
}

extension Producer {
    func send(_ send: ProduceSend) {
        guard let connection = connections[send.nodeID] else {
            preconditionFailure("the state machine sends to connected nodes only")
        }
        let (request, records) = encode(send)
        cluster.ownCounts.produceRequests += 1
        let retries = send.parts.count { $0.batch.attempts > 1 }
        cluster.ownCounts.retries += retries
        cluster.metrics?.didRetry(retries)
        guard request.acks != Acks.none.rawValue else {
            connection.post(
                request, highestVersion: ProduceRequest.lastVersionByName, records: records
            ) { [self, id = send.id, node = send.nodeID] in finish(id, by: node, $0.map { nil }) }
            return
        }
        connection.send(
            request, highestVersion: ProduceRequest.lastVersionByName, records: records
        ) { [self, id = send.id, node = send.nodeID] in finish(id, by: node, $0.map(\.body)) }
    }

    private func finish(
        _ id: ProduceSend.ID, by node: Int32, _ result: Result<ProduceResponse?, ConnectionError>
    ) {
        let now = eventLoop.now
        switch result {
        case .success(let response?):
            noteErrors(of: response, from: node)
            perform(state.receive(response, to: id, now: now, jitter: .random(in: 0...1)))
        case .success(nil): perform(state.didWrite(id))
        case .failure(let error):
            perform(state.fail(id, error, now: now, jitter: .random(in: 0...1)))
        }
        schedulePump()
    }

    private func noteErrors(of response: ProduceResponse, from broker: Int32) {
        for topic in response.responses {
            for partition in topic.partitionResponses {
                cluster.note(partition.errorCode, of: broker)
            }
        }
    }

    /// The request with its batches' memory, in the order of its topics and partitions.
    private func encode(_ send: ProduceSend) -> (ProduceRequest, [ByteBuffer]) {
        var request = ProduceRequest()
        request.acks = cluster.settings.producer.acks.rawValue
        request.timeoutMs = Int32(cluster.settings.connection.requestTimeoutMs)
        var records: [ByteBuffer] = []
        var parts = send.parts
        if parts.count > 1 { parts.sort { $0.partition.topic < $1.partition.topic } }
        for part in parts {
            guard let batch = leave(part.batch, to: send.nodeID) else { continue }
            if request.topicData.last?.name != part.partition.topic {
                var topic = ProduceRequest.Topic()
                topic.name = part.partition.topic
                request.topicData.append(topic)
            }
            var partition = ProduceRequest.Partition()
            partition.index = part.partition.partition
            partition.records = RecordsRange(position: 0, byteCount: batch.byteCount)
            request.topicData[request.topicData.count - 1].partitionData.append(partition)
            unsafe records.append(
                ByteBuffer(lending: UnsafeRawBufferPointer(batch.bytes)))
        }
        return (request, records)
    }

    /// Notes that a batch is sent, and numbers it; nil if nobody waits for it.
    private func leave(_ batch: PendingBatch, to node: Int32) -> SealedBatch? {
        guard let place = owners.index(forKey: batch.id) else { return nil }
        let previous = owners.values[place].sequence
        owners.values[place].nodeID = node
        if owners.values[place].sentAt == nil { owners.values[place].sentAt = eventLoop.now }
        let sealed = owners.values[place].batch
        if let sequence = batch.sequence, sequence != previous {
            sealed.assign(sequence, previous: previous)
            owners.values[place].sequence = sequence
            willSend?(sealed, owners.values[place].partition, sequence)
        }
        return sealed
    }

    func initProducerID() {
        var request = InitProducerIDRequest()
        request.transactionTimeoutMs = .max
        let question = request
        let answer = cluster.anyConnection().flatMap { $0.send(question) }
        answer.assumeIsolated().whenComplete { [self] result in
            let response = try? result.get().body
            if let response, response.errorCode == .none, response.producerID.rawValue >= 0 {
                state.receive(
                    ProducerIdentity(id: response.producerID, epoch: response.producerEpoch))
            } else {
                perform(
                    state.failIdentity(
                        response?.errorCode, now: eventLoop.now, jitter: .random(in: 0...1)))
            }
            tellWaiters()
            schedulePump()
        }
    }
}
