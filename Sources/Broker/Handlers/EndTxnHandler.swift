// EndTxn, versions 0–3. As Kafka, except that the response comes after the markers are in the log,
// so a reader finds the records of a transaction that was committed before.

import KafkaProtocol
import RecordFormat

struct EndTxnHandler: RequestHandler {
    let transactions: TransactionCoordinator

    func handle(
        _ request: EndTxnRequest, _ context: RequestContext, _ reply: Reply<EndTxnResponse>
    ) {
        let version = context.version
        transactions.end(
            request.transactionalID,
            by: ProducerIdentity(id: request.producerID, epoch: request.producerEpoch),
            isCommit: request.committed
        ) { error in
            var response = EndTxnResponse()
            response.errorCode = error.forProducer(speaksOfFencing: version >= 2)
            reply(response)
        }
    }
}
