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
}
