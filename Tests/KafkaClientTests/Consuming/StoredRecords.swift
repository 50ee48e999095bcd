import KafkaProtocol
import NIOCore
import RecordFormat

@testable import KafkaClient

extension RunningBroker {
    /// Appends sealed batches to partitions of a topic, one after the other.
    func store(_ batches: [(partition: Int32, bytes: [UInt8])], in topic: String) async throws {
        let cluster = try cluster()
        let connection = try await cluster.anyConnection().get()
        for batch in batches {
            var partition = ProduceRequest.Partition()
            partition.index = batch.partition
            partition.records = RecordsRange(position: 0, byteCount: batch.bytes.count)
            var data = ProduceRequest.Topic()
            data.name = topic
            data.partitionData = [partition]
            var request = ProduceRequest()
            request.acks = -1
            request.timeoutMs = 30_000
            request.topicData = [data]
            let response = try await connection.send(
                request, records: [ByteBuffer(bytes: batch.bytes)]
            ).get()
            let code = response.body.responses[0].partitionResponses[0].errorCode
            guard code == .none else { throw NotStored(code: code) }
        }
        try await cluster.shutdown().get()
    }

    /// Records `0` to `count`, by turns in the partitions, three a batch.
    func storeNumbered(_ range: Range<Int>, partitions: Int32, in topic: String) async throws {
        var batches: [(Int32, [UInt8])] = []
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 3) {
            let values = (start..<min(start + 3, range.upperBound)).map(String.init)
            batches.append((Int32(start / 3) % partitions, try storedBatch(values, base: 0)))
        }
        try await store(batches, in: topic)
    }

    struct NotStored: Error {
        var code: ErrorCode
    }
}

extension KafkaConsumer {
    /// The values of the next records, until so many are there.
    func values(_ count: Int) async throws -> [TopicPartition: [String]] {
        var found: [TopicPartition: [String]] = [:]
        var left = count
        while left > 0 {
            guard let records = try await next(within: .seconds(30)).get() else { break }
            let values = try KafkaClientTests.values(of: records)
            found[records.partition, default: []] += values
            left -= values.count
        }
        return found
    }
}
