import RecordFormat

/// A sealed record batch whose owner lends its memory to a producer, until the batch's outcome.
///
/// The producer writes id, epoch, sequence and checksum into the header, and sends the bytes from where
/// they lie. Until the outcome nobody else may touch them.
@safe
public struct SealedBatch: @unchecked Sendable {
    public let bytes: UnsafeMutableRawBufferPointer
    /// As it was handed over.
    public let header: RecordBatchHeader

    /// Throws if the bytes are not one whole batch.
    public init(lending bytes: UnsafeMutableRawBufferPointer) throws(RecordFormatError) {
        let span = unsafe RawSpan(_unsafeBytes: UnsafeRawBufferPointer(bytes))
        header = try RecordBatchHeader(span)
        guard header.sizeInBytes == bytes.count else {
            throw .truncated(needed: header.sizeInBytes, available: bytes.count)
        }
        unsafe self.bytes = bytes
    }

    public var byteCount: Int { unsafe bytes.count }

    /// Makes the batch one of this place in its partition, unless it is already. `previous` is what was
    /// written into the header last.
    func assign(_ sequence: BatchSequence, previous: BatchSequence?) {
        let current =
            previous
            ?? BatchSequence(
                identity: ProducerIdentity(id: header.producerID, epoch: header.producerEpoch),
                base: header.baseSequence)
        guard sequence != current else { return }
        unsafe RecordBatchHeader.patchProducer(
            id: sequence.identity.id, epoch: sequence.identity.epoch,
            baseSequence: sequence.base, in: bytes)
    }
}
