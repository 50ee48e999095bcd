import KafkaProtocol
import NIOCore
import RecordFormat

/// Whole batches of one partition, as the broker sent them: in place in the bytes of its response.
///
/// The first batch may begin below `position`: brokers send whole batches, and the records below
/// are not asked for. The response stays in memory as long as this value, or a copy.
public struct FetchedRecords: Sendable {
    public let partition: TopicPartition
    /// The offset from which the records are wanted.
    public let position: Offset
    /// The position behind these batches.
    public let nextOffset: Offset
    /// Of the last batch.
    public let leaderEpoch: LeaderEpoch
    /// As of the response; −1 where the broker does not say.
    public let highWatermark: Offset
    public let lastStableOffset: Offset
    public let logStartOffset: Offset
    public let batches: [FetchedBatch]

    let bytes: ByteBuffer
    /// What they take of the response, with what is not handed out.
    let byteCount: Int
    /// Of the last batch before `position`.
    let positionEpoch: LeaderEpoch

    init(
        _ run: FetchedRun, of partition: TopicPartition, position: Offset,
        positionEpoch: LeaderEpoch, answer: FetchResponse.Partition, frame: ByteBuffer
    ) {
        self.partition = partition
        self.position = position
        self.positionEpoch = positionEpoch
        nextOffset = run.nextOffset
        leaderEpoch = run.leaderEpoch
        highWatermark = answer.highWatermark
        lastStableOffset = answer.lastStableOffset
        logStartOffset = answer.logStartOffset
        batches = run.batches
        bytes = frame
        byteCount = run.byteCount
    }

    /// Calls `body` with each batch: its header, and its bytes from the header on, which a
    /// `RecordBatchReader` reads.
    public func forEachBatch<Failure: Error>(
        _ body: (RecordBatchHeader, RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        let frame = bytes.readableBytesSpan
        for batch in batches { try body(batch.header, frame.extracting(batch.bytes)) }
    }
}
