// Produce, versions 3–13, by topic ids from 13 on. Versions 0–2 are advertised, for librdkafka's sake, and are answered
// UNSUPPORTED_VERSION, since their records have older formats; with acks=0 they end the connection.
// acks=1 and acks=all mean the same on one node: the batch is in the log, and durable where the
// topic's flush policy says so. The timeout is not looked at: nothing is waited for but the disk.

// From version 12 on partitions are added to the transaction as batches for them come (KIP-890).

import CommitLog
import KafkaProtocol
import RecordFormat

struct ProduceHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    /// Appends the batches of `frame` where they stand: the log writes offsets into them. What
    /// would hold the event loop for too long is done beside it.
    func handle(_ frame: RequestFrame, _ exchange: Exchange) throws(ProtocolError) {
        let request: ProduceRequest = try frame.request(after: exchange.context.header)
        var appends = ProduceAppends(request, frame, exchange, broker)
        guard mayUseTransaction(request, frame, exchange.context) else {
            appends.refuseAll(.transactionalIDAuthorizationFailed)
            return goOn(appends, frame, exchange)
        }
        if let addition = ImplicitAddition(request, frame, exchange.context, broker) {
            return goOn(appends, frame, exchange, after: addition)
        }
        goOn(appends, frame, exchange)
    }

    /// As in Kafka, one batch of a transaction that the client may not write in refuses the whole request.
    private func mayUseTransaction(
        _ request: ProduceRequest, _ frame: RequestFrame, _ context: RequestContext
    ) -> Bool {
        guard context.authorizer != nil else { return true }
        let isTransactional = request.topicData.contains { topic in
            topic.partitionData.contains { partition in
                let batch = unsafe frame.records(partition.records ?? .empty)
                let header = unsafe try? RecordBatchHeader(
                    RawSpan(_unsafeBytes: UnsafeRawBufferPointer(batch)))
                return header?.attributes.isTransactional ?? false
            }
        }
        guard isTransactional else { return true }
        guard let id = request.transactionalID else { return false }
        return context.allows(.transactionalID, id)
    }

    /// Appends once the partitions are in the transaction.
    private func goOn(
        _ appends: ProduceAppends, _ frame: RequestFrame, _ exchange: Exchange,
        after addition: ImplicitAddition
    ) {
        let refusal = Locked<ErrorCode?>(nil)
        exchange.goOnBeside { resume in
            broker.transactions.addImplicitly(
                addition.partitions, to: addition.transactionalID, by: addition.producer
            ) { error in
                if error != .none { refusal.withLock { $0 = error.forAddedRecords } }
                resume()
            }
        } _: { exchange in
            var appends = appends
            if let code = refusal.withLock({ $0 }) {
                appends.refuse(addition.partitions, code)
            }
            appends.exchange = exchange
            goOn(appends, frame, exchange)
        }
    }

    /// Appends as much as may be done in one turn, and the rest in further turns beside the event
    /// loop.
    private func goOn(_ appends: ProduceAppends, _ frame: RequestFrame, _ exchange: Exchange) {
        var appends = appends
        let isDone = withExtendedLifetime(frame) {
            appends.perform(exchange.isBeside ? .besideEventLoop : .onEventLoop)
        }
        if isDone { return appends.answer() }
        exchange.goOnBeside { [appends] exchange in goOn(appends, frame, exchange) }
    }
}
