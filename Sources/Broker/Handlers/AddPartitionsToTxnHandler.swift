// AddPartitionsToTxn, versions 0–5. Versions from 4 on are for brokers (KIP-890), of several
// transactions, each to be added to or only looked at; without an authorizer whoever sends them is
// answered. As Kafka: where one partition does not exist, none is added. Beyond Kafka,
// clients may not add the internal topics.

import CommitLog
import KafkaProtocol
import RecordFormat

struct AddPartitionsToTxnHandler: RequestHandler {
    private typealias Asked = AddPartitionsToTxnRequest.Transaction
    private static let firstBatchedVersion: Int16 = 4

    let transactions: TransactionCoordinator
    let log: LogDirectory

    func handle(
        _ request: AddPartitionsToTxnRequest, _ context: RequestContext,
        _ reply: Reply<AddPartitionsToTxnResponse>
    ) {
        let version = context.version
        guard version < Self.firstBatchedVersion else {
            guard context.allowsCluster() else {
                var response = AddPartitionsToTxnResponse()
                response.errorCode = .clusterAuthorizationFailed
                return reply(response)
            }
            return handle(request, reply)
        }
        var asked = Asked()
        asked.transactionalID = request.transactionalID
        asked.producerID = request.producerID
        asked.producerEpoch = request.producerEpoch
        asked.topics = request.topics
        guard context.allows(.transactionalID, asked.transactionalID) else {
            return reply(Self.response(to: asked) { _ in .transactionalIDAuthorizationFailed })
        }
        let denied = context.deniedTopics(asked.topics.lazy.map(\.name))
        if let refused = refusals(asked, fromBroker: false, denied: denied) {
            return reply(Self.response(to: asked) { refused[$0] ?? .operationNotAttempted })
        }
        transactions.addPartitions(
            partitions(of: asked), to: asked.transactionalID, by: producer(of: asked)
        ) { [asked] error in
            let error = error.forProducer(speaksOfFencing: version >= 2)
            reply(isLarge: Self.isLarge([asked])) { Self.response(to: asked) { _ in error } }
        }
    }

    /// Several transactions.
    private func handle(
        _ request: AddPartitionsToTxnRequest, _ reply: Reply<AddPartitionsToTxnResponse>
    ) {
        let transactionsAsked = request.transactions
        // The coordinators' loop only keeps what is said of each partition.
        let answers = AddedTransactions(count: transactionsAsked.count) { answers in
            reply(isLarge: Self.isLarge(transactionsAsked)) {
                var response = AddPartitionsToTxnResponse()
                response.transactions = zip(transactionsAsked, answers).map { asked, answer in
                    var transaction = AddPartitionsToTxnResponse.Transaction()
                    transaction.transactionalID = asked.transactionalID
                    transaction.topics = Self.topics(of: asked, answer)
                    return transaction
                }
                return response
            }
        }
        for (index, asked) in request.transactions.enumerated() {
            if let refused = refusals(asked, fromBroker: true) {
                answers.set(index) { refused[$0] ?? .operationNotAttempted }
            } else if asked.verifyOnly {
                let partitions = Array(partitions(of: asked))
                transactions.verifyPartitions(
                    partitions, of: asked.transactionalID, by: producer(of: asked)
                ) { errors in
                    let byPartition = Dictionary(
                        uniqueKeysWithValues: zip(partitions, errors))
                    answers.set(index) { byPartition[$0] ?? .unknownServerError }
                }
            } else {
                transactions.addPartitions(
                    partitions(of: asked), to: asked.transactionalID, by: producer(of: asked),
                    version: .second
                ) { error in
                    answers.set(index) { _ in error }
                }
            }
        }
    }

    /// Whether an answer takes a while to make.
    private static func isLarge(_ asked: [Asked]) -> Bool {
        asked.count > 500 || asked.contains { $0.topics.contains { $0.partitions.count > 500 } }
            || asked.contains { $0.topics.count > 500 }
    }

    private func producer(of asked: Asked) -> ProducerIdentity {
        ProducerIdentity(id: asked.producerID, epoch: asked.producerEpoch)
    }

    private func partitions(of asked: Asked) -> Set<TopicPartition> {
        Set(
            asked.topics.flatMap { topic in
                topic.partitions.map { TopicPartition(topic: topic.name, partition: $0) }
            })
    }

    /// Why partitions cannot be added; nil where all can.
    private func refusals(
        _ asked: Asked, fromBroker: Bool, denied: Set<String> = []
    ) -> [TopicPartition: ErrorCode]? {
        var refused: [TopicPartition: ErrorCode] = [:]
        for topicPartition in partitions(of: asked) {
            // Clients write there by other requests alone.
            let topic = topicPartition.topic
            if InternalTopic.contains(topic) && !fromBroker || denied.contains(topic) {
                refused[topicPartition] = .topicAuthorizationFailed
            } else if log.partition(topicPartition) == nil {
                refused[topicPartition] = .unknownTopicOrPartition
            }
        }
        return refused.isEmpty ? nil : refused
    }

    private static func response(
        to asked: Asked, _ error: (TopicPartition) -> ErrorCode
    ) -> AddPartitionsToTxnResponse {
        var response = AddPartitionsToTxnResponse()
        response.topics = topics(of: asked, error)
        return response
    }

    private static func topics(
        of asked: Asked, _ error: (TopicPartition) -> ErrorCode
    ) -> [AddPartitionsToTxnResponse.Topic] {
        asked.topics.map { askedTopic in
            var topic = AddPartitionsToTxnResponse.Topic()
            topic.name = askedTopic.name
            topic.resultsByPartition = askedTopic.partitions.map { index in
                var partition = AddPartitionsToTxnResponse.Partition()
                partition.partitionIndex = index
                partition.partitionErrorCode = error(
                    TopicPartition(topic: askedTopic.name, partition: index))
                return partition
            }
            return topic
        }
    }
}

/// What is said of the partitions of several transactions, in the order of the request. Thread contract:
/// any thread.
private final class AddedTransactions: Sendable {
    typealias Answer = @Sendable (TopicPartition) -> ErrorCode

    private let state: Locked<(answers: [Answer], left: Int)>
    private let done: @Sendable ([Answer]) -> Void

    init(count: Int, _ done: @escaping @Sendable ([Answer]) -> Void) {
        state = Locked((Array(repeating: { _ in .unknownServerError }, count: count), count))
        self.done = done
        if count == 0 { done([]) }
    }

    func set(_ index: Int, _ answer: @escaping Answer) {
        let finished = state.withLock { state -> [Answer]? in
            state.answers[index] = answer
            state.left -= 1
            return state.left == 0 ? state.answers : nil
        }
        if let finished { done(finished) }
    }
}
