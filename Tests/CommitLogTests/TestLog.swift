import RecordFormat
import Synchronization

@testable import CommitLog

/// A clock that stands still until it is moved.
final class ManualClock: Sendable {
    private let now: Atomic<Int64>

    init(_ nowMs: Int64 = testTimeMs) { now = Atomic(nowMs) }

    var nowMs: Int64 { now.load(ordering: .acquiring) }
    func advance(byMs milliseconds: Int64) {
        now.add(milliseconds, ordering: .acquiringAndReleasing)
    }
    var logClock: LogClock { LogClock { self.nowMs } }
}

/// A log directory in a temporary place, with one topic of one partition to begin with.
final class TestLog {
    static let topicPartition = TopicPartition(topic: "orders", partition: 0)

    let temporary = TemporaryDirectory()
    let clock = ManualClock()
    let config: LogDirectoryConfig
    /// Kafka's, but that a deleted file is gone at once.
    let defaults: LogConfig
    private(set) var directory: LogDirectory

    init(_ overrides: [String: String] = [:], directory keys: [String: String] = [:]) throws {
        config = try LogDirectoryConfig(overrides: keys)
        defaults = try LogConfig(overrides: ["file.delete.delay.ms": "0"])
        directory = try LogDirectory(
            path: temporary.log, defaults: defaults, config: config, clock: clock.logClock)
        try directory.createTopic("orders", partitions: 1, config: overrides)
    }

    deinit { directory.abandon() }

    var path: String { temporary.log }
    var partitionPath: String { "\(path)/orders-0" }

    var partition: PartitionLog {
        guard let partition = directory.partition(Self.topicPartition) else {
            preconditionFailure("the partition is gone")
        }
        return partition
    }

    func file(_ baseOffset: Int64, _ suffix: String) -> String {
        "\(partitionPath)/\(SegmentFileName.stem(Offset(baseOffset)))\(suffix)"
    }

    /// Ends as a crash would, lets `change` loose on the files, and starts again.
    func crash(_ change: () throws -> Void = {}) throws {
        directory.abandon()
        try change()
        try open()
    }

    /// Closes, lets `change` loose on the files, and starts again.
    func restart(_ change: () throws -> Void = {}) throws {
        try directory.close()
        try change()
        try open()
    }

    private func open() throws {
        directory = try LogDirectory(
            path: temporary.log, defaults: defaults, config: config, clock: clock.logClock)
    }

    /// What recovery did to the one partition.
    var recovery: PartitionRecovery { directory.recovery.partitions[0] }

    /// Bytes of batches: 100 each, so that positions are easy.
    static func hundred(_ timestamp: Int64 = testTimeMs) -> [UInt8] {
        batch(byteCount: 100, timestamp: timestamp)
    }
}
