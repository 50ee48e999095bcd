// DescribeLogDirs, versions 1–4. There is one data directory, and no replica is ever moved to it. A
// partition's size is what its segments hold; indexes and space taken ahead come on top, on the
// disk.

import CommitLog
import KafkaProtocol
import RecordFormat

struct DescribeLogDirsHandler: RequestHandler {
    private let broker: Broker

    init(_ broker: Broker) { self.broker = broker }

    func handle(
        _ request: DescribeLogDirsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeLogDirsResponse>
    ) {
        guard context.allowsCluster() else {
            var response = DescribeLogDirsResponse()
            response.errorCode = .clusterAuthorizationFailed
            return reply(response)
        }
        // Asking a filesystem for its space may wait for it.
        reply.work(on: broker.blockingWork) { reply(response(to: request)) }
    }

    private func response(to request: DescribeLogDirsRequest) -> DescribeLogDirsResponse {
        var directory = DescribeLogDirsResponse.LogDir()
        directory.logDir = broker.log.absolutePath
        if let space = broker.log.volumeSpace {
            directory.totalBytes = space.totalBytes
            directory.usableBytes = space.usableBytes
        }
        if let topics = request.topics {
            directory.topics = topics.compactMap { described($0.topic, $0.partitions) }
        } else {
            directory.topics = broker.log.topicNames.compactMap { described($0, nil) }
        }
        var response = DescribeLogDirsResponse()
        response.results = [directory]
        return response
    }

    /// Of the partitions asked for those that exist; nil where there is none.
    private func described(
        _ name: String, _ wanted: [Int32]?
    ) -> DescribeLogDirsResponse.Topic? {
        guard let logs = broker.log.partitions(of: name) else { return nil }
        let wanted = wanted.map { Set($0) }
        var topic = DescribeLogDirsResponse.Topic()
        topic.name = name
        for log in logs where wanted?.contains(log.topicPartition.partition) ?? true {
            var partition = DescribeLogDirsResponse.Partition()
            partition.partitionIndex = log.topicPartition.partition
            partition.partitionSize = Int64(log.byteCount)
            topic.partitions.append(partition)
        }
        return topic.partitions.isEmpty ? nil : topic
    }
}
