import CommitLog
import Foundation
import RecordFormat
import Testing

@testable import Broker

@Suite struct `The records of a partition` {
    private let path = TestBroker.temporaryDirectory()

    private func writer(_ log: LogDirectory) -> InternalTopicWriter {
        InternalTopicWriter(log: log, topic: "t", partitionCount: 1)
    }

    private func values(_ partition: PartitionLog) throws(LogError) -> [[UInt8]] {
        var values: [[UInt8]] = []
        try PartitionRecords.forEach(of: partition) { record, bytes, header in
            if !header.attributes.isControl {
                values.append(LastRecords.copy(bytes.bytes(of: record.value)))
            }
        }
        return values
    }

    @Test func `are walked to the end, and damage is named by its file and position`() throws {
        let log = try LogDirectory(path: path)
        try log.createTopic("t", partitions: 1)
        var written: [[UInt8]] = []
        for index in 0..<4 {
            let value = [UInt8](repeating: UInt8(index), count: 900_000)
            try writer(log).append(key: [1], value: value, to: 0, at: 1_700_000_000_000)
            written.append(value)
        }
        #expect(try values(writer(log).partition(0)) == written)
        try log.close()

        let file = URL(filePath: "\(path)/t-0/00000000000000000000.log")
        var bytes = try Data(contentsOf: file)
        let batchByteCount = bytes.count / 4
        bytes[2 * batchByteCount + 5000] ^= 1
        try bytes.write(to: file)
        let damaged = try LogDirectory(path: path)
        let error = #expect(throws: LogError.self) {
            try values(writer(damaged).partition(0))
        }
        guard case .corrupt(file.path, 2 * batchByteCount, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try damaged.close()
    }
}
