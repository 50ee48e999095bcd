// WriteTxnMarkers, versions 1–2. Without an authorizer whoever reaches the broker may end any
// transaction in a partition. The coordinator is not told; it goes on with what it knows.

import CommitLog
import KafkaProtocol
import RecordFormat

struct WriteTxnMarkersHandler: RequestHandler {
    /// Of a request; more are refused. Each is a batch in a log, and a coordinator's memory.
    private static let mostMarkers = 100_000

    let transactions: TransactionCoordinator

    func handle(
        _ request: WriteTxnMarkersRequest, _ context: RequestContext,
        _ reply: Reply<WriteTxnMarkersResponse>
    ) {
        let count = request.markers.reduce(0) { sum, marker in
            marker.topics.reduce(sum) { $0 + $1.partitionIndexes.count }
        }
        guard context.allowsCluster(.alter, logs: false) || context.allowsCluster() else {
            return reply(isLarge: true) {
                response(
                    to: request, Array(repeating: .clusterAuthorizationFailed, count: count))
            }
        }
        guard count <= Self.mostMarkers else {
            return reply(isLarge: true) {
                response(to: request, Array(repeating: .invalidRequest, count: count))
            }
        }
        var asked: [TransactionCoordinator.AskedMarker] = []
        // Where in `asked` each partition of the request is: one that a marker names twice gets it
        // once.
        var places: [Int] = []
        for marker in request.markers {
            var placeOf: [TopicPartition: Int] = [:]
            let transactionMarker = TransactionMarker(
                producerID: marker.producerID, producerEpoch: marker.producerEpoch,
                isCommit: marker.transactionResult, coordinatorEpoch: marker.coordinatorEpoch)
            let version = TransactionVersion(level: Int16(marker.transactionVersion))
            for topic in marker.topics {
                for index in topic.partitionIndexes {
                    let partition = TopicPartition(topic: topic.name, partition: index)
                    let place = placeOf[partition] ?? asked.count
                    places.append(place)
                    guard place == asked.count else { continue }
                    placeOf[partition] = place
                    asked.append(
                        TransactionCoordinator.AskedMarker(
                            partition: partition, marker: transactionMarker, version: version))
                }
            }
        }
        transactions.write(asked) { [places] errors in
            reply(isLarge: errors.count > 500) {
                response(to: request, places.map { errors[$0] })
            }
        }
    }

    /// The errors are in the order of the request.
    private func response(
        to request: WriteTxnMarkersRequest, _ errors: [ErrorCode]
    ) -> WriteTxnMarkersResponse {
        var errors = errors[...]
        var response = WriteTxnMarkersResponse()
        response.markers = request.markers.map { asked in
            var marker = WriteTxnMarkersResponse.Marker()
            marker.producerID = asked.producerID
            marker.topics = asked.topics.map { askedTopic in
                var topic = WriteTxnMarkersResponse.Topic()
                topic.name = askedTopic.name
                topic.partitions = askedTopic.partitionIndexes.map { index in
                    var partition = WriteTxnMarkersResponse.Partition()
                    partition.partitionIndex = index
                    partition.errorCode = errors.popFirst() ?? .unknownServerError
                    return partition
                }
                return topic
            }
            return marker
        }
        return response
    }
}
