// InitProducerId, versions 0–6. As Kafka; producer ids are this broker's own. Transactions that
// others coordinate (KIP-939) are refused, as by Kafka where `transaction.two.phase.commit.enable`
// is not set, and so is keeping a prepared one.

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
        if let refusal = refusal(to: request, context) { return answer(refusal, .none) }
        let given = ProducerIdentity(id: request.producerID, epoch: request.producerEpoch)
        guard (given.id == .none) == (given.epoch == .none) else {
            return answer(.invalidRequest, .none)
        }
        guard let transactionalID = request.transactionalID else {
            return transactions.allocateProducerID(answer)
        }
        // Version 6 has these.
        guard !request.enable2Pc else { return answer(.transactionalIDAuthorizationFailed, .none) }
        guard !request.keepPreparedTxn else { return answer(.unsupportedVersion, .none) }
        transactions.initProducerID(
            transactionalID, timeoutMs: request.transactionTimeoutMs,
            expected: given == .none ? nil : given, answer)
    }

    /// A producer without transactions needs a right to write idempotently, or to write to any topic.
    private func refusal(
        to request: InitProducerIDRequest, _ context: RequestContext
    ) -> ErrorCode? {
        if let id = request.transactionalID {
            return context.allows(.transactionalID, id)
                ? nil : .transactionalIDAuthorizationFailed
        }
        let isAllowed =
            context.allowsCluster(logs: false) || context.allowsSomeTopic(.write)
            || context.allowsCluster()
        return isAllowed ? nil : .clusterAuthorizationFailed
    }
}

extension ErrorCode {
    /// Clients of earlier versions know a fenced producer as one with a wrong epoch.
    func forProducer(speaksOfFencing: Bool) -> ErrorCode {
        self == .producerFenced && !speaksOfFencing ? .invalidProducerEpoch : self
    }
}
