import ArgumentParser
import CommitLog
import RecordFormat

struct DumpLogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump-log",
        abstract: "Print and verify the files of a log: Weir's or Kafka's.",
        discussion: """
            Reads .log, .index, .timeindex, .txnindex and .snapshot files, without a lock and \
            without changing them. It verifies each batch's checksum and each record. The exit \
            status is 98 if something is damaged.

            With --repair the sound batches of each .log file are copied to another directory; nothing is \
            overwritten. While no process has the log open, the copy may replace the damaged file; \
            remove the .index and .timeindex beside it, which are made anew.

              weir dump-log data/orders-0/00000000000000000000.log --records
              weir dump-log --verify --repair saved data/orders-0/00000000000000000000.log
            """)

    private static let extensions = ["log", "index", "timeindex", "txnindex", "snapshot"]

    @Argument(help: "Files of a partition's directory.", completion: .file(extensions: extensions))
    var files: [String]

    @Flag(help: "Print each record too.")
    var records = false

    @Flag(help: "Verify only; print what is damaged, and a line for each file.")
    var verify = false

    @Option(
        help: "Copy the sound batches of .log files into this directory; it is created if missing.",
        completion: .directory)
    var repair: String?

    func validate() throws {
        if repair != nil, let other = files.first(where: { !$0.hasSuffix(".log") }) {
            throw ValidationError("\(other): --repair is for .log files; indexes are made anew")
        }
        // Of one that is missing, `run` says so.
        for file in files
        where NamedInput.exists(file)
            && !Self.extensions.contains(where: { file.hasSuffix("." + $0) })
        {
            throw ValidationError(
                "\(file): not a .log, .index, .timeindex, .txnindex or .snapshot file of a "
                    + "partition")
        }
    }

    func run() throws {
        try NamedInput.require(files, .logFile)
        var isSound = true
        for file in files {
            do {
                isSound = try dump(file) && isSound
            } catch let failure as StandardOutput.Failure {
                throw failure
            } catch {
                printError("\(error)")
                if case LogError.corrupt = error {
                    isSound = false
                } else {
                    throw ExitStatus.inputOutput
                }
            }
        }
        if !isSound { throw ExitStatus.dataLost }
    }

    /// Whether the file is sound.
    private func dump(_ path: String) throws -> Bool {
        switch path.split(separator: ".").last {
        case "log":
            let isSound = try dumpSegment(path)
            if let repair { try save(path, in: repair) }
            return isSound
        case "index":
            let entries = try IndexDump.offsetIndex(path: path)
            try show(path, entries.map { "offset \($0.offset) position \($0.position)" })
        case "timeindex":
            let entries = try IndexDump.timeIndex(path: path)
            try show(path, entries.map { "timestamp \($0.timestamp) offset \($0.offset)" })
        case "txnindex":
            let entries = try IndexDump.transactionIndex(path: path)
            try show(
                path,
                entries.map { entry in
                    "producerId \(entry.producerID) firstOffset \(entry.firstOffset) "
                        + "lastOffset \(entry.lastOffset) "
                        + "lastStableOffset \(entry.lastStableOffset)"
                })
        case "snapshot":
            let entries = try IndexDump.producerSnapshot(path: path)
            try show(
                path,
                entries.map { entry in
                    "producerId \(entry.producerID) producerEpoch \(entry.producerEpoch) "
                        + "lastSequence \(entry.lastSequence) "
                        + "lastOffset \(entry.lastOffset.map { "\($0)" } ?? "none") "
                        + "lastTimestamp \(entry.lastTimestamp) "
                        + "coordinatorEpoch \(entry.coordinatorEpoch) currentTxnFirstOffset "
                        + "\(entry.currentTransactionFirstOffset.map { "\($0)" } ?? "none")"
                })
        default:
            preconditionFailure("validate() lets no other file through")
        }
        return true
    }

    private func show(_ path: String, _ lines: [String]) throws {
        if !verify { for line in lines { try printOut(line) } }
        try printOut("\(path): \(lines.count) entries")
    }

    private func dumpSegment(_ path: String) throws -> Bool {
        var dump = try SegmentDump(path: path)
        var reader = RecordBatchReader()
        var (batchCount, recordCount, faults) = (0, 0, 0)
        var removed = RemovedOffsets()
        while let entry = try dump.next() {
            switch entry {
            case .batch(let batch):
                batchCount += 1
                recordCount += Int(batch.header.recordCount)
                let gap = removed.count(batch.header)
                if !verify {
                    if gap > 0 { try printOut("  \(gap) offsets removed") }
                    try printOut(Self.description(of: batch))
                }
                do {
                    try visit(batch, bytes: dump.bytes(of: batch), reader: &reader)
                } catch let error as RecordFormatError {
                    faults += 1
                    try printOut("position \(batch.position): DAMAGED: \(error)")
                }
            case .unused(let position, let byteCount):
                if !verify {
                    try printOut("position \(position): \(byteCount) zeros, not written to yet")
                }
            case .damage(let position, let byteCount, let reason):
                faults += 1
                try printOut(
                    "position \(position): DAMAGED, \(byteCount) bytes to the end: \(reason)")
            }
        }
        try printOut(
            "\(path): \(batchCount) batches, \(recordCount) records, \(dump.byteCount) bytes, "
                + removed.summary + (faults == 0 ? "sound" : "\(faults) DAMAGED"))
        return faults == 0
    }

    private func save(_ path: String, in directory: String) throws {
        let saved = try SegmentRepair(of: path, in: directory)
        for damage in saved.damages {
            try printOut(
                "position \(damage.position): left out \(damage.byteCount) bytes: \(damage.reason)")
        }
        try printOut(
            "\(saved.path): saved \(saved.batchCount) batches, \(saved.recordCount) records, "
                + "\(saved.byteCount) bytes")
    }

    /// The offsets that compaction removed, as far as the remaining batches show them.
    private struct RemovedOffsets {
        private var total: Int64 = 0
        private var nextOffset: Offset?

        /// Counts the offsets in the batch that have no record, and returns how many are missing
        /// before it.
        mutating func count(_ header: RecordBatchHeader) -> Int64 {
            let gap = nextOffset.map { max(header.baseOffset - $0, 0) } ?? 0
            nextOffset = header.nextOffset
            total += gap + Int64(header.lastOffsetDelta) + 1 - Int64(header.recordCount)
            return gap
        }

        var summary: String { total == 0 ? "" : "compacted (\(total) offsets removed), " }
    }

    /// Decodes every record, to find damage that the header and the checksum do not show.
    private func visit(
        _ batch: SegmentDump.Batch, bytes: [UInt8], reader: inout RecordBatchReader
    ) throws {
        let printsRecords = records && !verify
        // The visitor throws only errors of records.
        var failure: StandardOutput.Failure?
        func show(_ line: String) {
            guard failure == nil else { return }
            do {
                try printOut(line)
            } catch {
                failure = error
            }
        }
        try reader.withRecords(
            of: unsafe bytes.span.bytes, header: batch.header, verifyChecksum: true
        ) { (iterator: inout RecordIterator) throws(RecordFormatError) in
            while failure == nil, let record = try iterator.next() {
                guard printsRecords else { continue }
                let offset = batch.header.baseOffset.advanced(by: Int64(record.offsetDelta))
                let timestamp = batch.header.timestamp(of: record)
                if batch.header.attributes.isControl,
                    let marker = try? ControlRecord(record, in: iterator.bytes)
                {
                    show(
                        "  offset \(offset) \(marker.kind == .commit ? "COMMIT" : "ABORT") "
                            + "coordinatorEpoch \(marker.coordinatorEpoch)")
                    continue
                }
                let key = Self.text(iterator.bytes, record.key)
                let value = Self.text(iterator.bytes, record.value)
                let type = batch.header.attributes.timestampType
                let typeName = type == .createTime ? "CreateTime" : "LogAppendTime"
                show("  offset \(offset) \(typeName) \(timestamp) key \(key) value \(value)")
                var headers = iterator.headers(of: record)
                while let header = try headers.next() {
                    let name = Self.text(iterator.bytes, header.key)
                    show("    header \(name) \(Self.text(iterator.bytes, header.value))")
                }
            }
        }
        if let failure { throw failure }
    }

    private static func description(of batch: SegmentDump.Batch) -> String {
        let header = batch.header
        let attributes = header.attributes
        return "position \(batch.position) baseOffset \(header.baseOffset) "
            + "lastOffset \(header.lastOffset) count \(header.recordCount) "
            + "size \(header.sizeInBytes) compression \(attributes.codec.name) "
            + "\(attributes.timestampType == .createTime ? "CreateTime" : "LogAppendTime") "
            + "\(header.maxTimestamp) producerId \(header.producerID) "
            + "producerEpoch \(header.producerEpoch) baseSequence \(header.baseSequence) "
            + "leaderEpoch \(header.partitionLeaderEpoch) "
            + "isTransactional \(attributes.isTransactional) isControl \(attributes.isControl) "
            + (attributes.hasDeleteHorizon ? "deleteHorizonMs \(header.baseTimestamp) " : "")
            + "crc \(header.crc)\(batch.isValid ? "" : " INVALID")"
    }

    /// A field as text if it is printable UTF-8, else in hexadecimal, because terminals interpret
    /// control bytes.
    private static func text(_ bytes: RawSpan, _ field: ByteRange) -> String {
        guard !field.isNull else { return "null" }
        let span = bytes.bytes(of: field)
        let array = unsafe span.withUnsafeBytes { unsafe [UInt8]($0) }
        if let text = String(validating: array, as: UTF8.self),
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        {
            return "'\(text)'"
        }
        let digits = Array("0123456789abcdef")
        return "0x" + array.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined()
    }
}
