import RecordFormat
import Testing

@testable import CommitLog

/// A log of known batches in several segments whose files are put back and damaged again and again.
struct DamagedLog {
    struct Batch {
        var segment: Int64
        var range: Range<Int>
        var offsets: Range<Int64>
    }

    let log: TestLog
    private(set) var batches: [Batch] = []
    /// The bytes of the `.log` files, by base offset.
    let files: [Int64: [UInt8]]

    /// Closes the log and takes note of what its files hold.
    init(_ log: TestLog) throws {
        self.log = log
        try log.directory.close()
        var files: [Int64: [UInt8]] = [:]
        for name in names(in: log.partitionPath) {
            guard let base = SegmentFileName.offset(in: name, extension: ".log") else { continue }
            files[base.rawValue] = readFile("\(log.partitionPath)/\(name)")
        }
        self.files = files
        for (base, bytes) in files.sorted(by: { $0.key < $1.key }) {
            var position = 0
            while position < bytes.count {
                let header = try unsafe RecordBatchHeader(
                    bytes.span.bytes.extracting(position..<bytes.count))
                let end = position + header.sizeInBytes
                batches.append(
                    Batch(
                        segment: base, range: position..<end,
                        offsets: header.baseOffset.rawValue..<header.nextOffset.rawValue))
                position = end
            }
        }
    }

    var lastSegment: Int64 { files.keys.max() ?? 0 }
    var endOffset: Int64 { batches.last?.offsets.upperBound ?? 0 }

    /// The offsets of all records but those of these batches.
    func offsets(without lost: Set<Int> = []) -> [Int64] {
        batches.indices.filter { !lost.contains($0) }.flatMap { Array(batches[$0].offsets) }
    }

    /// Starts with the files as they were, but for `damage`, and with a recovery point; nil: none of it was
    /// flushed. Where `isClean`, the process before has closed the log.
    func start(
        recoveryPoint: Int64? = nil, isClean: Bool = false, _ damage: () throws -> Void
    ) throws {
        try log.crash {
            for name in names(in: log.partitionPath) where name != "partition.metadata" {
                removeTreeEntry("\(log.partitionPath)/\(name)")
            }
            for (base, bytes) in files { writeFile(log.file(base, ".log"), bytes) }
            let point = recoveryPoint.map { "0\n1\norders 0 \($0)\n" } ?? "0\n0\n"
            writeFile("\(log.path)/recovery-point-offset-checkpoint", Array(point.utf8))
            writeFile(
                "\(log.path)/log-start-offset-checkpoint", Array("0\n1\norders 0 0\n".utf8))
            if isClean { writeFile("\(log.path)/.kafka_cleanshutdown", []) }
            try damage()
        }
    }

    /// Flips a bit of a segment's file.
    func flip(_ segment: Int64, at position: Int, bit: UInt8) {
        let bytes = readFile(log.file(segment, ".log"))
        writeFile(log.file(segment, ".log"), changed(bytes, at: position, bit: bit))
    }

    var asideNames: [String] {
        names(in: log.partitionPath).filter { $0.contains(".aside") }
    }
}
