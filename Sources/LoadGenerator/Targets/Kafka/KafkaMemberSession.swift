import KafkaClient
import RecordFormat

/// Reads the partitions of a member of a group, whichever they are.
final class KafkaMemberSession: ConsumerSession {
    private let member: KafkaMember
    let loop: (any StepLoop)?
    private let offsets: KafkaOffsets

    init(member: KafkaMember, offsets: KafkaOffsets, wakeup: Wakeup) {
        self.member = member
        member.begin(waking: wakeup)
        loop = EventLoopSteps(on: member.eventLoop)
        self.offsets = offsets
    }

    func takeReady() -> [Int]? { member.inbox.takeReady() }
    func takeMoves() -> [PartitionMove] { member.takeMoves() }

    func release(_ positions: [(partition: Int, offset: Offset)]) {
        member.release(
            Dictionary(uniqueKeysWithValues: positions.map { ($0.partition, $0.offset) }))
    }

    func end() { member.end() }

    /// `maxBytes` is the client's `max.partition.fetch.bytes`.
    func fetch(
        from offset: Offset, of partition: Int, maxBytes: Int, _ body: (RawSpan) -> Void
    ) throws(TargetError) -> Fetched {
        switch member.take(partition) {
        case .records(let records):
            records.forEachBatch { _, bytes in body(bytes) }
            return Fetched(byteCount: records.lentByteCount, nextOffset: records.nextOffset)
        case .nothing(let reached): return Fetched(nextOffset: reached)
        case .failure(let error):
            throw TargetError(error, logStartOffset: offsets.start(of: partition))
        }
    }

    func arm(_ partition: Int, past offset: Offset) -> Bool { member.inbox.isEmpty(partition) }
}
