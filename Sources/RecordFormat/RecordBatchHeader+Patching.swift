// Changes that a log or a retrying producer makes in a sealed batch. Each function takes exactly
// the bytes of one batch, mutable and not shared with another thread.

extension RecordBatchHeader {
    /// Assigns offset and epoch. The CRC does not cover them.
    public static func patch(
        baseOffset: Offset, leaderEpoch: LeaderEpoch, in batch: UnsafeMutableRawBufferPointer
    ) {
        unsafe batch.storeBigEndian(baseOffset.rawValue, at: Position.baseOffset)
        unsafe batch.storeBigEndian(leaderEpoch.rawValue, at: Position.partitionLeaderEpoch)
    }

    /// Makes `milliseconds` the time of every record of the batch.
    public static func patchLogAppendTime(
        _ milliseconds: Int64, in batch: UnsafeMutableRawBufferPointer
    ) {
        var attributes = unsafe BatchAttributes(
            rawValue: Int16(
                bigEndian: batch.loadUnaligned(
                    fromByteOffset: Position.attributes, as: Int16.self)))
        attributes.timestampType = .logAppendTime
        unsafe change(batch) {
            unsafe batch.storeBigEndian(attributes.rawValue, at: Position.attributes)
            unsafe batch.storeBigEndian(milliseconds, at: Position.maxTimestamp)
        }
    }

    /// Makes `milliseconds` the largest timestamp of the batch.
    public static func patchMaxTimestamp(
        _ milliseconds: Int64, in batch: UnsafeMutableRawBufferPointer
    ) {
        unsafe change(batch) {
            unsafe batch.storeBigEndian(milliseconds, at: Position.maxTimestamp)
        }
    }

    /// Makes the batch one of another producer session, for a retry under a new epoch.
    public static func patchProducer(
        id: ProducerID, epoch: ProducerEpoch, baseSequence: Int32,
        in batch: UnsafeMutableRawBufferPointer
    ) {
        unsafe change(batch) {
            unsafe batch.storeBigEndian(id.rawValue, at: Position.producerID)
            unsafe batch.storeBigEndian(epoch.rawValue, at: Position.producerEpoch)
            unsafe batch.storeBigEndian(baseSequence, at: Position.baseSequence)
        }
    }

    /// Changes fields that the CRC covers, and the CRC by as much. The records are not read: a CRC
    /// that was wrong stays wrong.
    private static func change(_ batch: UnsafeMutableRawBufferPointer, _ body: () -> Void) {
        let before = unsafe headChecksum(of: batch)
        body()
        let difference = unsafe CRC32C.joined(
            before ^ headChecksum(of: batch), 0, byteCount: batch.count - byteCount)
        let crc = unsafe UInt32(
            bigEndian: batch.loadUnaligned(fromByteOffset: Position.crc, as: UInt32.self))
        unsafe batch.storeBigEndian(crc ^ difference, at: Position.crc)
    }

    /// Computes the CRC of the batch and writes it.
    public static func patchChecksum(in batch: UnsafeMutableRawBufferPointer) {
        let records = unsafe CRC32C.checksum(UnsafeRawBufferPointer(rebasing: batch[byteCount...]))
        unsafe patchChecksum(in: batch, records: records)
    }

    /// The same, where the checksum of the records is known.
    static func patchChecksum(in batch: UnsafeMutableRawBufferPointer, records: UInt32) {
        let crc = unsafe CRC32C.joined(
            headChecksum(of: batch), records, byteCount: batch.count - byteCount)
        unsafe batch.storeBigEndian(crc, at: Position.crc)
    }

    /// Of the part of the header that the CRC covers.
    private static func headChecksum(of batch: UnsafeMutableRawBufferPointer) -> UInt32 {
        unsafe CRC32C.checksum(
            UnsafeRawBufferPointer(rebasing: batch[Position.attributes..<byteCount]))
    }
}
