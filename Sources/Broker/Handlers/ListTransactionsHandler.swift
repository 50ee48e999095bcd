// ListTransactions, versions 0–2, by duration from 1 on, by a regular expression from 2 on. Ids are
// sorted. Deviation from Kafka: an expression matches characters of ASCII alone, and one that takes
// too long is refused.

import KafkaProtocol
import RecordFormat

struct ListTransactionsHandler: RequestHandler {
    let transactions: TransactionCoordinator

    func handle(
        _ request: ListTransactionsRequest, _ context: RequestContext,
        _ reply: Reply<ListTransactionsResponse>
    ) {
        var filter = TransactionCoordinator.ListFilter()
        var unknown: Set<String> = []
        for name in request.stateFilters {
            filter.hasStates = true
            if let state = TransactionState.allCases.first(where: { $0.name == name }) {
                filter.states.insert(state)
            } else {
                unknown.insert(name)
            }
        }
        filter.producerIDs = Set(request.producerIDFilters.map { ProducerID($0) })
        filter.durationMs = request.durationFilter
        if let text = request.transactionalIDPattern, !text.isEmpty {
            do throws(TopicPatternError) {
                filter.pattern = try TopicPattern(text)
            } catch {
                return reply(response(.invalidRegularExpression, [], unknown))
            }
        }
        transactions.list(filter) { [unknown] error, found in
            reply(isLarge: found.count > 500) {
                let told = found.filter {
                    context.allows(.transactionalID, $0.transactionalID, logs: false)
                }
                return response(error, told, unknown)
            }
        }
    }

    private func response(
        _ error: ErrorCode, _ found: [TransactionCoordinator.Described], _ unknown: Set<String>
    ) -> ListTransactionsResponse {
        var response = ListTransactionsResponse()
        response.errorCode = error
        response.unknownStateFilters = unknown.sorted()
        response.transactionStates = found.map { id, metadata in
            var state = ListTransactionsResponse.TransactionState()
            state.transactionalID = id
            state.producerID = metadata.producer.id
            state.transactionState = metadata.state.name
            return state
        }
        return response
    }
}
