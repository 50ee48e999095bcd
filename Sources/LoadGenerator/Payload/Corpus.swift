import Glibc

/// A user's own file as records, or the files of a directory, or a log.
///
/// A file that fits in the pool is taken whole. From a larger one the pool takes evenly spread
/// stretches, each contiguous and much longer than a batch, so that a batch looks as it would in
/// the file; a stretch begins and ends with a whole record. Records keep the file's order.
///
/// Line ends (LF and CRLF) do not belong to a record; empty lines are skipped; a byte order mark at
/// the beginning of the file is skipped, except with slices. A record that does not fit in a batch
/// is an error. Of records with lengths before them, which cannot be found in the middle of a file, the
/// pool takes the first ones.
struct Corpus {
    private let path: String
    private let format: CorpusFormat
    private let sliceByteCount: Int
    private let limit: Int
    private let capacity: Int
    private let hasHeader: Bool
    private let keys: KeySettings

    /// U+FEFF in UTF-8, with which editors on Windows begin a file.
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// Each is a sixteenth of the pool, 4 MiB as a rule.
    private static let stretchesOfLargeFile = 16

    init(_ profile: Profile) {
        path = profile.payload.file ?? ""
        format = profile.payload.format
        capacity = profile.payload.pool
        hasHeader = profile.payload.header
        keys = profile.keys
        limit =
            profile.topics.maximumMessageByteCount - ProducerSettings.largestRecordOverhead
        if case .fixed(let size)? = profile.payload.size {
            sliceByteCount = size
        } else {
            sliceByteCount = PayloadSettings.defaultByteCount
        }
    }

    /// - Throws: if the file cannot be read, or has a record that cannot be sent, or none.
    func read(into builder: inout PayloadPoolBuilder) throws(PayloadError) -> CorpusReport {
        switch format {
        case .files: return try CorpusDirectory(path: path, limit: limit).read(into: &builder)
        case .segments: return try CorpusLog(path: path, limit: limit).read(into: &builder)
        default: break
        }
        let file = try CorpusFile(path)
        var report = CorpusReport(
            path: path, fileByteCount: file.byteCount, readByteCount: 0, emptyLines: 0)
        let names = try hasHeader ? columns(of: file) : nil
        let keyField = try KeyField(keys, path: path, columns: names?[...])
        let isWhole = file.byteCount <= capacity
        let count = isWhole || !format.hasBoundaries ? 1 : Self.stretchesOfLargeFile
        let length = min(file.byteCount, capacity / count)
        for stretch in 0..<count {
            // The last one ends with the file.
            let position =
                count == 1
                ? 0 : Int(Int128(file.byteCount - length) * Int128(stretch) / Int128(count - 1))
            var bytes = try file.read(at: position, count: length)
            report.readByteCount += bytes.count
            var span = Stretch(
                position: position, startsFile: position == 0,
                endsFile: position + bytes.count >= file.byteCount, keyField: keyField)
            if span.startsFile, format.isText, bytes.starts(with: Self.byteOrderMark) {
                bytes.removeFirst(Self.byteOrderMark.count)
                span.position = Self.byteOrderMark.count
            }
            if stretch == 0, format.isText, Self.isBinary(bytes) {
                throw .binary(path: path, format: format)
            }
            do throws(PayloadError) {
                try split(bytes, span, into: &builder, &report)
            } catch .notJSON(let path, let position, _, let fault) {
                throw .notJSON(
                    path: path, position: position, line: try file.line(at: position),
                    fault: fault)
            }
        }
        guard builder.count > 0 else {
            throw .noRecords(path: path, byteCount: file.byteCount)
        }
        if keyField != nil, !builder.hasKeys {
            throw .noKey(path: path, field: keys.field ?? keys.pattern ?? "")
        }
        return report
    }

    /// Where the bytes that are split come from.
    private struct Stretch {
        var position: Int
        var startsFile: Bool
        var endsFile: Bool
        var keyField: KeyField?
    }

    private static let longestHeader = 64 << 10

    /// The first line.
    private func columns(of file: borrowing CorpusFile) throws(PayloadError) -> [UInt8] {
        var bytes = try file.read(at: 0, count: Self.longestHeader)
        if bytes.starts(with: Self.byteOrderMark) { bytes.removeFirst(Self.byteOrderMark.count) }
        var lines = LineScanner(bytes)
        return lines.next().map { Array(bytes[$0.range]) } ?? []
    }

    private func split(
        _ bytes: [UInt8], _ stretch: Stretch, into builder: inout PayloadPoolBuilder,
        _ report: inout CorpusReport
    ) throws(PayloadError) {
        switch format {
        case .slices: try splitSlices(bytes, stretch, &builder)
        case .lines, .ndjson: try splitLines(bytes, stretch, &builder, &report)
        case .paragraphs: try splitParagraphs(bytes, stretch, &builder, &report)
        case .lengthU32BigEndian, .lengthU32LittleEndian, .lengthVarint:
            try splitLengths(bytes, stretch, &builder)
        case .files, .segments: preconditionFailure("not cut from a file's bytes")
        }
    }

    /// How much of a file is looked at to tell whether it is text.
    private static let testedByteCount = 64 << 10

    /// A byte of 0, or more bytes that are not UTF-8 than ones of text in another encoding would be.
    private static func isBinary(_ bytes: [UInt8]) -> Bool {
        let head = bytes.prefix(testedByteCount)
        if head.contains(0) { return true }
        let faults = String(decoding: head, as: UTF8.self).unicodeScalars.count { $0 == "\u{FFFD}" }
        return faults * 4 > head.count
    }

    private func splitLengths(
        _ bytes: [UInt8], _ stretch: Stretch, _ builder: inout PayloadPoolBuilder
    ) throws(PayloadError) {
        var position = 0
        while position < bytes.count {
            guard let (length, start) = self.length(in: bytes, at: position) else {
                guard stretch.endsFile else { return }
                throw .badLength(
                    path: path, position: stretch.position + position, length: 0,
                    left: bytes.count - position)
            }
            guard length <= limit else {
                throw tooLarge(start..<(start + length), stretch)
            }
            guard length <= bytes.count - start else {
                // The end of what is taken cut it off; only the file's own end makes it an error.
                guard stretch.endsFile else { return }
                throw .badLength(
                    path: path, position: stretch.position + position, length: length,
                    left: bytes.count - start)
            }
            try append(bytes, start..<(start + length), stretch, &builder)
            position = start + length
        }
    }

    /// The length at a position and where its record begins; nil if its bytes are not all there.
    private func length(in bytes: [UInt8], at position: Int) -> (length: Int, start: Int)? {
        if format == .lengthVarint {
            var length = 0
            for place in 0..<5 where position + place < bytes.count {
                let byte = Int(bytes[position + place])
                length |= (byte & 0x7F) << (7 * place)
                if byte < 0x80 { return (length, position + place + 1) }
            }
            return nil
        }
        guard position + 4 <= bytes.count else { return nil }
        let four = bytes[position..<position + 4]
        let ordered = format == .lengthU32BigEndian ? Array(four) : four.reversed()
        return (ordered.reduce(0) { $0 << 8 | Int($1) }, position + 4)
    }

    private func splitSlices(
        _ bytes: [UInt8], _ stretch: Stretch, _ builder: inout PayloadPoolBuilder
    ) throws(PayloadError) {
        for start in stride(from: 0, to: bytes.count, by: sliceByteCount) {
            let end = min(start + sliceByteCount, bytes.count)
            // Only the file's own end makes a shorter slice.
            guard end - start == sliceByteCount || stretch.endsFile else { return }
            try append(bytes, start..<end, stretch, &builder)
        }
    }

    private func splitLines(
        _ bytes: [UInt8], _ stretch: Stretch, _ builder: inout PayloadPoolBuilder,
        _ report: inout CorpusReport
    ) throws(PayloadError) {
        var lines = LineScanner(bytes)
        if !stretch.startsFile || hasHeader { try skipPartialLine(&lines, stretch) }
        while let line = lines.next() {
            guard line.isComplete || stretch.endsFile else {
                // The end of the stretch cut the line off; only one above the limit is an error.
                if line.range.count > limit { throw tooLarge(line.range, stretch) }
                return
            }
            if line.range.isEmpty {
                report.emptyLines += 1
                continue
            }
            if format == .ndjson { try requireJSON(bytes, line.range, stretch) }
            try append(bytes, line.range, stretch, &builder)
        }
    }

    private func splitParagraphs(
        _ bytes: [UInt8], _ stretch: Stretch, _ builder: inout PayloadPoolBuilder,
        _ report: inout CorpusReport
    ) throws(PayloadError) {
        var lines = LineScanner(bytes)
        if !stretch.startsFile {
            try skipPartialLine(&lines, stretch)
            while let line = lines.next(), !line.range.isEmpty {}
        }
        var paragraph: Range<Int>?
        while let line = lines.next() {
            if line.range.isEmpty {
                report.emptyLines += 1
                if let paragraph { try append(bytes, paragraph, stretch, &builder) }
                paragraph = nil
            } else {
                let range = (paragraph?.lowerBound ?? line.range.lowerBound)..<line.range.upperBound
                if range.count > limit { throw tooLarge(range, stretch) }
                paragraph = range
            }
        }
        if let paragraph, stretch.endsFile { try append(bytes, paragraph, stretch, &builder) }
    }

    /// A stretch may begin anywhere; its first whole line begins after the first line end.
    private func skipPartialLine(
        _ lines: inout LineScanner, _ stretch: Stretch
    ) throws(PayloadError) {
        guard let line = lines.next() else { return }
        if line.range.count > limit { throw tooLarge(line.range, stretch) }
    }

    private func append(
        _ bytes: [UInt8], _ range: Range<Int>, _ stretch: Stretch,
        _ builder: inout PayloadPoolBuilder
    ) throws(PayloadError) {
        guard range.count <= limit else { throw tooLarge(range, stretch) }
        let key = stretch.keyField?.key(of: bytes[range])
        guard range.count + (key?.count ?? 0) <= limit else { throw tooLarge(range, stretch) }
        _ = unsafe bytes.withUnsafeBytes {
            // The pool is as large as the bytes that were read, so it is full only if it has the
            // most entries that it may have.
            unsafe builder.append(value: UnsafeRawBufferPointer(rebasing: $0[range]), key: key)
        }
    }

    private func requireJSON(
        _ bytes: [UInt8], _ range: Range<Int>, _ stretch: Stretch
    ) throws(PayloadError) {
        guard let fault = JSONCheck.fault(in: bytes, range) else { return }
        throw .notJSON(
            path: path, position: stretch.position + fault.position, line: 0, fault: fault.reason)
    }

    private func tooLarge(_ range: Range<Int>, _ stretch: Stretch) -> PayloadError {
        .recordTooLarge(
            path: path, position: stretch.position + range.lowerBound, byteCount: range.count,
            limit: limit)
    }
}

/// The lines of a buffer, without their line ends.
private struct LineScanner {
    struct Line {
        var range: Range<Int>
        /// Whether a line end follows it.
        var isComplete: Bool
    }

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Line? {
        guard position < bytes.count else { return nil }
        let start = position
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
            position = bytes.count
            return Line(range: start..<bytes.count, isComplete: false)
        }
        position = end + 1
        let hasReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
        return Line(range: start..<(hasReturn ? end - 1 : end), isComplete: true)
    }
}
