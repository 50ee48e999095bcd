import CommitLog
import Foundation
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

/// A directory in which the records of a group are where Weir 0.1.0 put them: in partition 3 of 4, and
/// Kafka looks in 1.
@Suite struct `Offsets in the partition where Weir 0_1_0 put them` {
    private static let group = "orders-consumer-11"
    private static let time: Int64 = 1_700_000_000_000

    private let path: String

    init() {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("weir-misplaced-\(UUID())").path
    }

    private func offset(
        _ offset: Int64?, group: String = group, partition: Int32 = 0, at time: Int64 = time
    ) -> OffsetsTopicRecord {
        .offset(
            group: group, TopicPartition(topic: "orders", partition: partition),
            offset.map { CommittedOffset(offset: Offset($0), commitTimestampMs: time) })
    }

    /// Writes to `__consumer_offsets`, and closes.
    private func write(_ body: (InternalTopicWriter) throws -> Void) throws {
        let log = try LogDirectory(path: path)
        if log.topics.isEmpty {
            try log.createTopic(OffsetsTopic.name, partitions: 4)
            try log.createTopic("orders", partitions: 2)
        }
        try body(writer(log))
        try log.close()
    }

    private func writer(_ log: LogDirectory) -> InternalTopicWriter {
        InternalTopicWriter(log: log, topic: OffsetsTopic.name, partitionCount: 4)
    }

    private func committed(_ test: TestCoordinator, group: String = group) throws -> Int64 {
        try test.fetch(group: group).committedOffset.rawValue
    }

    @Test func `are moved, once`() throws {
        var metadata = GroupMetadataValue()
        metadata.protocolType = "consumer"
        metadata.generation = 7
        try write { writer in
            #expect(writer.former(Self.group) == 3 && writer.right(Self.group) == 1)
            try writer.append(offset(5), to: 3, at: Self.time)
            try writer.append(offset(6), to: 3, at: Self.time + 1)
            try writer.append(.group(Self.group, metadata), to: 3, at: Self.time + 2)
            // This one was always right.
            try writer.append(offset(9, group: "group-0"), to: 2, at: Self.time)
        }
        var test = try TestCoordinator(directory: path)
        #expect(try committed(test) == 6)
        #expect(try committed(test, group: "group-0") == 9)
        #expect(try test.onLoop { $0.state.groups[Self.group]?.membership.generation } == 7)
        let writer = writer(test.log)
        let moved = try writer.lastRecords(of: 1)
        #expect(moved.count == 2 && moved.values.allSatisfy { $0.value != nil && !$0.isMoved })
        #expect(moved.values.map(\.timestamp).sorted() == [Self.time + 1, Self.time + 2])
        #expect(try writer.lastRecords(of: 3).values.allSatisfy(\.isMoved))
        // The next start has nothing to do.
        let ends = try writer.ends()
        test = try test.restart()
        #expect(try self.writer(test.log).ends() == ends)
        #expect(try committed(test) == 6)
        #expect(try test.commit(8, group: Self.group).wait() == [.none])
        test = try test.restart()
        #expect(try committed(test) == 8)
    }

    @Test(arguments: [(1, 20), (-1, 10)])
    func `count against those in the right place by their time`(later: Int64, wins: Int64) throws {
        try write { writer in
            try writer.append(offset(10), to: 1, at: Self.time)
            try writer.append(offset(20), to: 3, at: Self.time + later)
        }
        let test = try TestCoordinator(directory: path)
        #expect(try committed(test) == wins)
        #expect(try writer(test.log).lastRecords(of: 3).values.allSatisfy(\.isMoved))
    }

    @Test(arguments: [(1, -1), (-1, 10)])
    func `are over where their deletion is the newer`(later: Int64, wins: Int64) throws {
        try write { writer in
            try writer.append(offset(10), to: 1, at: Self.time)
            try writer.append(offset(20), to: 3, at: Self.time - 2)
            try writer.append(offset(nil), to: 3, at: Self.time + later)
        }
        var test = try TestCoordinator(directory: path)
        #expect(try committed(test) == wins)
        test = try test.restart()
        #expect(try committed(test) == wins)
    }

    /// A crash after the copy and before the tombstone leaves both.
    @Test(arguments: [false, true])
    func `are not moved over what came after a crash in the middle`(isDeleted: Bool) throws {
        try write { writer in
            try writer.append(offset(20), to: 3, at: Self.time)
            try writer.append(offset(20), to: 1, at: Self.time)
        }
        var test = try TestCoordinator(directory: path)
        #expect(try committed(test) == 20)
        if isDeleted {
            #expect(
                try test.wait { test.coordinator.delete([Self.group], $0) } == [.none])
        } else {
            #expect(try test.commit(21, group: Self.group).wait() == [.none])
        }
        test = try test.restart()
        #expect(try committed(test) == (isDeleted ? -1 : 21))
    }

    @Test(arguments: [true, false])
    func `wait for the end of a transaction that staged them`(isCommit: Bool) throws {
        try write { writer in
            try writer.append(offset(5), to: 3, at: Self.time)
            try writer.append(offset(6, partition: 1), to: 3, at: Self.time)
            try writer.append(
                offset(8, at: Self.time + 1), to: 3, at: Self.time + 1, producer: 77)
        }
        var test = try TestCoordinator(directory: path)
        #expect(try committed(test) == 5)
        #expect(
            try test.fetch(group: Self.group, requireStable: true).errorCode
                == .unstableOffsetCommit)
        try writer(test.log).end(77, isCommit: isCommit, in: 3)
        try test.onLoop {
            $0.transactionEnded(
                producerID: ProducerID(77), committed: isCommit, partition: 3)
        }
        #expect(try committed(test) == (isCommit ? 8 : 5))
        test = try test.restart()
        #expect(try committed(test) == (isCommit ? 8 : 5))
        #expect(try writer(test.log).lastRecords(of: 3).values.allSatisfy(\.isMoved))
        #expect(try writer(test.log).lastRecords(of: 1).count == 2)
    }

    @Test func `do not undo a commit that was made while their transaction was open`() throws {
        try write { writer in
            try writer.append(
                offset(8, at: Self.time + 1), to: 3, at: Self.time + 1, producer: 77)
        }
        var test = try TestCoordinator(directory: path)
        #expect(try test.commit(30, group: Self.group).wait() == [.none])
        try writer(test.log).end(77, isCommit: true, in: 3)
        try test.onLoop {
            $0.transactionEnded(producerID: ProducerID(77), committed: true, partition: 3)
        }
        #expect(try committed(test) == 30)
        test = try test.restart()
        #expect(try committed(test) == 30)
    }

    @Test func `of a transaction that was aborted are no reason to look again`() throws {
        try write { writer in
            try writer.append(offset(8), to: 3, at: Self.time, producer: 77)
            try writer.end(77, isCommit: false, in: 3)
        }
        var test = try TestCoordinator(directory: path)
        #expect(try committed(test) == -1)
        let ends = try writer(test.log).ends()
        test = try test.restart()
        #expect(try writer(test.log).ends() == ends)
    }

    @Test func `are moved however many there are`() throws {
        let count: Int32 = 9000
        let metadata = String(repeating: "m", count: 300)
        try write { writer in
            for partition in 0..<count {
                try writer.append(
                    .offset(
                        group: Self.group,
                        TopicPartition(topic: "orders", partition: partition),
                        CommittedOffset(
                            offset: Offset(Int64(partition)), metadata: metadata,
                            commitTimestampMs: Self.time)),
                    to: 3, at: Self.time)
            }
        }
        let test = try TestCoordinator(directory: path)
        let moved = try writer(test.log).lastRecords(of: 1)
        #expect(moved.count == Int(count))
        #expect(try test.onLoop { $0.state.groups[Self.group]?.offsets.committed.count } == 9000)
    }

    private func metadata(assignment: [UInt8]) -> OffsetsTopicRecord {
        var member = GroupMetadataValue.Member()
        member.memberID = "member"
        member.sessionTimeout = 60_000
        member.assignment = OpaqueBytes(assignment)
        var metadata = GroupMetadataValue()
        metadata.protocolType = "consumer"
        metadata.generation = 7
        metadata.members = [member]
        return .group(Self.group, metadata)
    }

    /// Kafka compresses them where `offsets.topic.compression.codec` says so.
    @Test func `are moved compressed where they are too large for the topic otherwise`() throws {
        let large = 3 << 20
        try write { writer in
            try writer.append(
                metadata(assignment: [UInt8](repeating: 7, count: large)), to: 3, at: Self.time,
                compression: .zstd())
            try writer.append(offset(6), to: 3, at: Self.time)
        }
        let test = try TestCoordinator(directory: path)
        #expect(try committed(test) == 6)
        let writer = writer(test.log)
        #expect(try writer.lastRecords(of: 3).values.allSatisfy(\.isMoved))
        let moved = try writer.lastRecords(of: 1).values
        #expect(moved.count == 2 && moved.contains { ($0.value?.count ?? 0) > large })
    }

    @Test func `that the topic takes in no form stay where they are, and the error names both`()
        throws
    {
        var random = SeededGenerator(seed: 1)
        let noise = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        try write { try $0.append(metadata(assignment: noise), to: 3, at: Self.time) }
        let log = try LogDirectory(path: path)
        try log.alterConfig(OffsetsTopic.name, overrides: ["max.message.bytes": "100000"])
        let writer = writer(log)
        let misplaced = MisplacedRecords(
            partitions: try (0..<4).map { try writer.partition($0) }, nowMs: Self.time + 9
        ) { key in (try? OffsetsTopicRecord(key: key, value: nil))?.group }
        let error = #expect(throws: MisplacedRecordTooLarge.self) {
            try misplaced.move(from: [3])
        }
        let text = error?.description ?? ""
        #expect(text.contains("\(Self.group) cannot be moved to __consumer_offsets-1"))
        #expect(text.contains("max.message.bytes is 100000"))
        #expect(try writer.lastRecords(of: 3).values.allSatisfy { !$0.isMoved })
        try log.close()
    }
}
