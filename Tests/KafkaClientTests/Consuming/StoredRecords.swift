import CommitLog
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

extension RunningBroker {
    /// Records of these numbers, three a batch, by turns in the partitions.
    func storeNumbered(_ range: Range<Int>, partitions: Int32, in topic: String) throws {
        for start in stride(from: range.lowerBound, to: range.upperBound, by: 3) {
            let values = (start..<min(start + 3, range.upperBound)).map(String.init)
            let partition = TopicPartition(
                topic: topic, partition: Int32(start / 3) % partitions)
            let log = try #require(broker.log.partition(partition))
            var batch = try storedBatch(values, base: 0)
            try unsafe batch.withUnsafeMutableBytes { _ = try unsafe log.append($0) }
        }
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
