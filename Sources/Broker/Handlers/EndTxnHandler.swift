// EndTxn, versions 0–5; from 5 on the epoch is raised (KIP-890). As Kafka, except that the response
// comes after the markers are in the log, so a reader finds the records of a transaction that was
// committed before.

import KafkaProtocol
import RecordFormat

struct EndTxnHandler: RequestHandler {
    private static let firstVersionThatRaises: Int16 = 5

    let transactions: TransactionCoordinator

    func handle(
        _ request: EndTxnRequest, _ context: RequestContext, _ reply: Reply<EndTxnResponse>
    ) {
        let version = context.version
        guard context.allows(.transactionalID, request.transactionalID) else {
            var response = EndTxnResponse()
            response.errorCode = .transactionalIDAuthorizationFailed
            return reply(response)
        }
        transactions.end(
            request.transactionalID,
            by: ProducerIdentity(id: request.producerID, epoch: request.producerEpoch),
            isCommit: request.committed,
            version: version >= Self.firstVersionThatRaises ? .second : .first
        ) { error, producer in
            var response = EndTxnResponse()
            response.errorCode = error.forProducer(speaksOfFencing: version >= 2)
            response.producerID = producer.id
            response.producerEpoch = producer.epoch
            reply(response)
        }
    }
}
