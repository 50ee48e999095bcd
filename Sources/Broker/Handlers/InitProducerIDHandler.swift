// InitProducerId, versions 0–4. Transactional producers of Kafka's version 2 of transactions, from
// version 5 on, are not served. Otherwise as Kafka; producer ids are this broker's own.

import KafkaProtocol
import RecordFormat

struct InitProducerIDHandler: RequestHandler {
    let transactions: TransactionCoordinator

    func handle(
        _ request: InitProducerIDRequest, _ context: RequestContext,
        _ reply: Reply<InitProducerIDResponse>
    ) {
        let version = context.version
        @Sendable func answer(_ error: ErrorCode, _ producer: ProducerIdentity) {
            var response = InitProducerIDResponse()
            response.errorCode = error.forProducer(speaksOfFencing: version >= 4)
            response.producerID = producer.id
            response.producerEpoch = producer.epoch
            reply(response)
        }
        let given = ProducerIdentity(id: request.producerID, epoch: request.producerEpoch)
        guard (given.id == .none) == (given.epoch == .none) else {
            return answer(.invalidRequest, .none)
        }
        guard let transactionalID = request.transactionalID else {
            return transactions.allocateProducerID(answer)
        }
        transactions.initProducerID(
            transactionalID, timeoutMs: request.transactionTimeoutMs,
            expected: given == .none ? nil : given, answer)
    }
}

extension ErrorCode {
    /// Clients of earlier versions know a fenced producer as one with a wrong epoch.
    func forProducer(speaksOfFencing: Bool) -> ErrorCode {
        self == .producerFenced && !speaksOfFencing ? .invalidProducerEpoch : self
    }
}
