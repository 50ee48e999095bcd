import KafkaClient
import Measurement
import NIOCore
import RecordFormat

/// One member of a share group: asks its client for records when its worker has consumed those that it had, and so
/// acknowledges them. Nothing is fetched ahead, since it would be kept from the other members.
///
/// Thread contract: `pull` belongs to the event loop, the rest to any thread.
final class KafkaShareMember: Sendable {
    /// So long a client waits for records; then the worker says whether it still wants some.
    private static let idleTime = TimeAmount.milliseconds(100)

    private struct State {
        /// What the client has given, the next one last.
        var waiting: [ShareRecords] = []
        /// Whether the client was asked for more.
        var isPulling = false
        var wakeup: Wakeup?
        var failure: TargetError?
        var owned: Set<TopicPartition> = []
        var moveCount = 0
        var refusedCount: Int64 = 0
    }

    let group: String
    private let consumer: KafkaShareConsumer
    private let state = CheckedMutex(State())

    var memberID: String { consumer.memberID }
    var cluster: Cluster { consumer.cluster }
    var eventLoop: any EventLoop { consumer.cluster.eventLoop }

    /// Joins.
    init(_ consumer: KafkaShareConsumer, group: String) {
        self.consumer = consumer
        self.group = group
    }

    /// How often it had to give up a partition.
    var moveCount: Int { state.withLock { $0.moveCount } }
    /// Of how many records the acknowledgement was refused.
    var refusedCount: Int64 { state.withLock { $0.refusedCount } }

    func begin(waking wakeup: Wakeup) { state.withLock { $0.wakeup = wakeup } }

    /// The partitions that it has now. Throws where the membership has ended.
    func assignment() throws(TargetError) -> Set<TopicPartition> {
        do {
            return try consumer.assignment().wait()
        } catch {
            throw .failed("\(error)")
        }
    }

    /// How often it has asked to join the group.
    func joinCount() async throws -> Int {
        try await eventLoop.submit { [consumer] in consumer.joinCount }.get()
    }

    /// The next records, if there are some; if not, the client is asked for more, which acknowledges those that were
    /// taken.
    func take() throws(TargetError) -> ShareRecords? {
        if let next = state.withLock({ $0.waiting.popLast() }) { return next }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        let mustPull = state.withLock { state -> Bool in
            // What has come since is not acknowledged unseen.
            guard state.waiting.isEmpty, !state.isPulling else { return false }
            state.isPulling = true
            return true
        }
        if mustPull { eventLoop.execute { [self] in pull() } }
        return nil
    }

    /// Leaves the group, and ends the client's connections.
    func close() -> EventLoopFuture<Void> {
        consumer.close().flatMap { [consumer] in consumer.cluster.shutdown() }
    }

    private func pull() {
        consumer.next(within: Self.idleTime).whenComplete { [self] result in
            let wakeup = state.withLock { state -> Wakeup? in
                state.isPulling = false
                state.moveCount = consumer.lostPartitionCount
                state.refusedCount = consumer.refusedCount
                switch result {
                case .success(let records): state.waiting = (records ?? []).reversed()
                case .failure(let error as ConsumerError):
                    state.failure = TargetError(error, logStartOffset: .zero)
                case .failure(let error): state.failure = .failed("\(error)")
                }
                return state.wakeup
            }
            wakeup?.signal()
        }
    }
}

/// Reads what a member of a share group is given.
final class KafkaSharingSession: SharingSession {
    private let member: KafkaShareMember
    private let indices: [TopicPartition: Int]
    let loop: (any StepLoop)?

    init(member: KafkaShareMember, partitions: [TopicPartition], wakeup: Wakeup) {
        self.member = member
        indices = Dictionary(uniqueKeysWithValues: partitions.enumerated().map { ($1, $0) })
        loop = EventLoopSteps(on: member.eventLoop)
        member.begin(waking: wakeup)
    }

    func take(
        _ body: (_ partition: Int, _ batch: RawSpan, _ given: [GivenRecords]) -> Void
    ) throws(TargetError) -> Bool {
        guard let records = try member.take() else { return false }
        guard let partition = indices[records.partition] else { return true }
        records.forEachBatch { _, batch, acquired in
            body(
                partition, batch,
                acquired.map {
                    GivenRecords(offsets: $0.offsets, deliveryCount: Int($0.deliveryCount))
                })
        }
        return true
    }
}
