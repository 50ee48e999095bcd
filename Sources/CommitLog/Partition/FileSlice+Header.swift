public import RecordFormat

extension FileSlice {
    /// The header of the slice's first batch, read without the rest of it.
    public func firstHeader() throws(LogError) -> RecordBatchHeader {
        var bytes = [UInt8](repeating: 0, count: RecordBatchHeader.byteCount)
        let outcome: Result<Int, LogError> = unsafe bytes.withUnsafeMutableBytes { buffer in
            do throws(LogError) {
                return .success(try unsafe file.file.read(into: buffer, at: position))
            } catch {
                return .failure(error)
            }
        }
        let count = try outcome.get()
        do throws(RecordFormatError) {
            return try unsafe RecordBatchHeader(bytes.span.bytes.extracting(first: count))
        } catch {
            throw .corrupt(path: file.file.path, position: position, reason: "\(error)")
        }
    }

    /// Passes the header of each batch to `body`, with where it begins in the slice, until `body`
    /// returns false. Records are not read.
    public func forEachHeader(
        _ body: (RecordBatchHeader, _ start: Int) -> Bool
    ) throws(LogError) {
        var scanner = SegmentScanner(
            file, from: position, to: position + byteCount,
            chunkByteCount: SegmentScanner.lookupChunkByteCount)
        while true {
            let start = scanner.position
            do throws(SegmentScanner.Fault) {
                guard let header = try scanner.next() else { return }
                if !body(header, start - position) { return }
            } catch {
                throw error.logError(file.file.path, start)
            }
        }
    }

    /// Those of the slice's batches that stand in a range of its bytes: the first one's base offset
    /// and the offset after the last one go with it.
    public func part(_ range: Range<Int>, from baseOffset: Offset, to nextOffset: Offset)
        -> FileSlice
    {
        precondition(range.lowerBound >= 0 && range.upperBound <= byteCount)
        return FileSlice(
            file: file, segmentBaseOffset: segmentBaseOffset,
            position: position + range.lowerBound, byteCount: range.count, baseOffset: baseOffset,
            nextOffset: nextOffset, hasRecords: true)
    }
}
