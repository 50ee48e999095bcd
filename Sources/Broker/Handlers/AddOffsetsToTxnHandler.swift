// AddOffsetsToTxn, versions 0–4. As Kafka: the group need not exist.

import KafkaProtocol
import RecordFormat

struct AddOffsetsToTxnHandler: RequestHandler {
    let transactions: TransactionCoordinator
    /// The partition of `__consumer_offsets` that has everything of a group.
    let offsetsPartition: @Sendable (_ group: String) -> TopicPartition

    func handle(
        _ request: AddOffsetsToTxnRequest, _ context: RequestContext,
        _ reply: Reply<AddOffsetsToTxnResponse>
    ) {
        let version = context.version
        if let refusal = refusal(to: request, context) {
            var response = AddOffsetsToTxnResponse()
            response.errorCode = refusal
            return reply(response)
        }
        transactions.addPartitions(
            [offsetsPartition(request.groupID)], to: request.transactionalID,
            by: ProducerIdentity(id: request.producerID, epoch: request.producerEpoch)
        ) { error in
            var response = AddOffsetsToTxnResponse()
            response.errorCode = error.forProducer(speaksOfFencing: version >= 2)
            reply(response)
        }
    }

    private func refusal(
        to request: AddOffsetsToTxnRequest, _ context: RequestContext
    ) -> ErrorCode? {
        guard context.allows(.transactionalID, request.transactionalID) else {
            return .transactionalIDAuthorizationFailed
        }
        return context.allows(.group, request.groupID) ? nil : .groupAuthorizationFailed
    }
}
