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

    /// Makes `milliseconds` the time of every record of the batch and computes a new CRC.
    public static func patchLogAppendTime(
        _ milliseconds: Int64, in batch: UnsafeMutableRawBufferPointer
    ) {
        var attributes = unsafe BatchAttributes(
            rawValue: Int16(
                bigEndian: batch.loadUnaligned(
                    fromByteOffset: Position.attributes, as: Int16.self)))
        attributes.timestampType = .logAppendTime
        unsafe batch.storeBigEndian(attributes.rawValue, at: Position.attributes)
        unsafe batch.storeBigEndian(milliseconds, at: Position.maxTimestamp)
        unsafe patchChecksum(in: batch)
    }

    /// Makes `milliseconds` the largest timestamp of the batch and computes a new CRC.
    public static func patchMaxTimestamp(
        _ milliseconds: Int64, in batch: UnsafeMutableRawBufferPointer
    ) {
        unsafe batch.storeBigEndian(milliseconds, at: Position.maxTimestamp)
        unsafe patchChecksum(in: batch)
    }

    /// Makes the batch one of another producer session, for a retry under a new epoch, and computes
    /// a new CRC.
    public static func patchProducer(
        id: ProducerID, epoch: ProducerEpoch, baseSequence: Int32,
        in batch: UnsafeMutableRawBufferPointer
    ) {
        unsafe batch.storeBigEndian(id.rawValue, at: Position.producerID)
        unsafe batch.storeBigEndian(epoch.rawValue, at: Position.producerEpoch)
        unsafe batch.storeBigEndian(baseSequence, at: Position.baseSequence)
        unsafe patchChecksum(in: batch)
    }

    /// Computes the CRC of the batch and writes it.
    public static func patchChecksum(in batch: UnsafeMutableRawBufferPointer) {
        let covered = unsafe UnsafeRawBufferPointer(rebasing: batch[Position.attributes...])
        unsafe batch.storeBigEndian(CRC32C.checksum(covered), at: Position.crc)
    }
}
