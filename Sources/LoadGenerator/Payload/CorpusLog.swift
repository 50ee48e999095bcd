import CommitLog
import RecordFormat

/// The records of a log's segments with their own keys and headers: of a `.log` file, or of the first topic in a
/// partition's or log's directory. Records without a value and markers are left out.
struct CorpusLog {
    let path: String
    /// Of a record.
    let limit: Int

    func read(into builder: inout PayloadPoolBuilder) throws(PayloadError) -> CorpusReport {
        var report = CorpusReport(path: path, fileByteCount: 0, readByteCount: 0, emptyLines: 0)
        var reader = RecordBatchReader()
        do throws(LogError) {
            let files: [String]
            if path.hasSuffix(".log") {
                files = [path]
            } else {
                files = try LogListing(directory: path).topics.first?.segments.map(\.path) ?? []
            }
            for file in files where !builder.isFull {
                var dump = try SegmentDump(path: file)
                report.fileByteCount += dump.byteCount
                while case .batch(let batch)? = try dump.next() {
                    report.readByteCount += batch.header.sizeInBytes
                    guard !batch.header.attributes.isControl else { continue }
                    let bytes = try dump.bytes(of: batch)
                    guard Self.add(bytes, batch.header, limit: limit, &reader, &builder) else {
                        break
                    }
                }
            }
        } catch {
            throw .log(path: path, reason: "\(error)")
        }
        guard builder.count > 0 else {
            throw .noRecords(path: path, byteCount: report.fileByteCount)
        }
        return report
    }

    /// Whether there is room for more. A batch that cannot be decoded, or a record that fits in no batch,
    /// is left out.
    private static func add(
        _ bytes: [UInt8], _ header: RecordBatchHeader, limit: Int,
        _ reader: inout RecordBatchReader, _ builder: inout PayloadPoolBuilder
    ) -> Bool {
        var hasRoom = true
        try? reader.withRecords(
            of: unsafe bytes.span.bytes, header: header, verifyChecksum: true
        ) { (iterator: inout RecordIterator) throws(RecordFormatError) in
            while hasRoom, let record = try iterator.next() {
                guard !record.value.isNull,
                    record.value.count + (record.key.isNull ? 0 : record.key.count) <= limit
                else { continue }
                let key =
                    record.key.isNull
                    ? nil
                    : unsafe iterator.bytes.bytes(of: record.key).withUnsafeBytes {
                        unsafe [UInt8]($0)
                    }
                let headers = try Self.headers(of: record, in: iterator)
                hasRoom = unsafe iterator.bytes.bytes(of: record.value).withUnsafeBytes {
                    unsafe builder.append(
                        value: $0, key: key, headers: headers,
                        headersLogicalByteCount: record.headersLogicalByteCount)
                }
            }
        }
        return hasRoom
    }

    /// As `RecordHeaders` encodes them; empty without any.
    /// - Throws: if their encoding is broken.
    private static func headers(
        of record: Record, in iterator: borrowing RecordIterator
    ) throws(RecordFormatError) -> [UInt8] {
        guard record.headerCount > 0 else { return [] }
        var headers = iterator.headers(of: record)
        while try headers.next() != nil {}
        let entries = unsafe iterator.bytes.bytes(of: record.headers).withUnsafeBytes {
            unsafe Array($0)
        }
        return RecordHeaders.bytes(entries: entries, count: record.headerCount)
    }
}
