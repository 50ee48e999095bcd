import RecordFormat

/// The checks of a batch that need no lock: Kafka's `LogValidator`, as far as it needs no records.
/// Those of records are `RecordRules`.
extension PartitionLog {
    func validatedHeader(
        _ batch: UnsafeMutableRawBufferPointer, _ origin: AppendOrigin,
        _ validation: BatchValidation, _ nowMs: Int64
    ) throws(AppendError) -> RecordBatchHeader {
        let bytes = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(batch))
        let header: RecordBatchHeader
        do throws(RecordFormatError) {
            header = try RecordBatchHeader(bytes)
            guard header.sizeInBytes == bytes.byteCount else {
                throw .truncated(needed: header.sizeInBytes, available: bytes.byteCount)
            }
        } catch {
            throw .corruptMessage(error)
        }
        try validateSize(header)
        if validation == .full {
            guard header.baseOffset == .zero else {
                throw .invalidRecord(.baseOffsetNotZero(header.baseOffset.rawValue))
            }
            if config.validatesChecksums {
                do throws(RecordFormatError) {
                    try RecordBatchHeader.validateChecksum(of: bytes, header: header)
                } catch {
                    throw .corruptMessage(error)
                }
            }
        }
        try validateFields(header, origin)
        return header
    }

    /// The header of a batch that was made ready, whose size may have become another.
    func preparedHeader(
        _ batch: UnsafeMutableRawBufferPointer
    ) throws(AppendError) -> RecordBatchHeader {
        let header: RecordBatchHeader
        do throws(RecordFormatError) {
            header = try unsafe RecordBatchHeader(
                RawSpan(_unsafeBytes: UnsafeRawBufferPointer(batch)))
        } catch {
            throw .corruptMessage(error)
        }
        try validateSize(header)
        return header
    }

    private func validateSize(_ header: RecordBatchHeader) throws(AppendError) {
        guard Int64(header.sizeInBytes) <= config.maxMessageBytes else {
            throw .messageTooLarge(byteCount: header.sizeInBytes, limit: config.maxMessageBytes)
        }
        guard Int64(header.sizeInBytes) <= config.segmentBytes else {
            throw .recordListTooLarge(byteCount: header.sizeInBytes, limit: config.segmentBytes)
        }
    }

    private func validateFields(
        _ header: RecordBatchHeader, _ origin: AppendOrigin
    ) throws(AppendError) {
        guard header.recordCount > 0, header.recordCount - 1 == header.lastOffsetDelta else {
            throw .invalidRecord(
                .recordCountMismatch(
                    count: header.recordCount, lastOffsetDelta: header.lastOffsetDelta))
        }
        guard origin == .client else { return }
        guard !header.attributes.isControl else {
            throw .invalidRecord(.controlBatchFromClient)
        }
        guard header.producerID.rawValue < 0 || header.baseSequence >= 0 else {
            throw .invalidRecord(.sequenceMissing(producerID: header.producerID))
        }
        guard header.attributes.timestampType == .createTime else {
            throw .logAppendTimeFromClient
        }
    }

    /// What can be told of the records' times without looking at them.
    func validateTimestamps(
        _ header: RecordBatchHeader, _ nowMs: Int64
    ) throws(AppendError) {
        guard config.messageTimestampType == .createTime else { return }
        let allowed = config.allowedTimestamps(nowMs: nowMs)
        for timestamp in [header.baseTimestamp, header.maxTimestamp]
        where timestamp != -1 && !allowed.contains(timestamp) {
            throw .invalidTimestamp(timestamp, nowMs: nowMs)
        }
    }
}
