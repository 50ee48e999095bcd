// DescribeTransactions, version 0. Deviation from Kafka: an id that is named again is described once.

import KafkaProtocol
import RecordFormat

struct DescribeTransactionsHandler: RequestHandler {
    let transactions: TransactionCoordinator

    func handle(
        _ request: DescribeTransactionsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeTransactionsResponse>
    ) {
        // A small request that names one large transaction often would have a huge answer.
        var seen: Set<String> = []
        let ids = request.transactionalIDs.filter { seen.insert($0).inserted }
        let allowed = ids.map { context.allows(.transactionalID, $0) }
        transactions.describe(zip(ids, allowed).filter(\.1).map(\.0)) { results in
            reply(isLarge: true) {
                var results = results[...]
                var response = DescribeTransactionsResponse()
                response.transactionStates = zip(ids, allowed).map { id, isAllowed in
                    guard isAllowed, let result = results.popFirst() else {
                        var denied = DescribeTransactionsResponse.TransactionState()
                        denied.transactionalID = id
                        denied.errorCode = .transactionalIDAuthorizationFailed
                        return denied
                    }
                    var state = state(id, result)
                    state.topics.removeAll { !context.allows(.topic, $0.topic, logs: false) }
                    return state
                }
                return response
            }
        }
    }

    private func state(
        _ id: String, _ result: Result<TransactionMetadata, TransactionRefusal>
    ) -> DescribeTransactionsResponse.TransactionState {
        var state = DescribeTransactionsResponse.TransactionState()
        state.transactionalID = id
        let metadata: TransactionMetadata
        switch result {
        case .success(let known): metadata = known
        case .failure(let refusal):
            state.errorCode = refusal.code
            return state
        }
        state.transactionState = metadata.state.name
        state.transactionTimeoutMs = metadata.timeoutMs
        state.transactionStartTimeMs = metadata.startMs
        state.producerID = metadata.producer.id
        state.producerEpoch = metadata.producer.epoch
        let byTopic = Dictionary(grouping: metadata.partitions, by: \.topic)
        state.topics = byTopic.sorted { $0.key < $1.key }.map { name, partitions in
            var topic = DescribeTransactionsResponse.Topic()
            topic.topic = name
            topic.partitions = partitions.map(\.partition).sorted()
            return topic
        }
        return state
    }
}
