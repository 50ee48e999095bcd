import CommitLog
import Glibc
import KafkaProtocol
import Logging
import NIOCore
import NIOPosix
import RecordFormat
import Synchronization

@testable import Broker

/// A group coordinator over a log directory of its own, on a real event loop, with a wall clock that the
/// test turns and a disk that answers when the test wants it to.
final class TestCoordinator {
    static let partitionCount: Int32 = 4
    static let orders = TopicPartition(topic: "orders", partition: 0)

    let directory: String
    let log: LogDirectory
    let coordinator: GroupCoordinator
    let clock: TestClock
    let disk = TestDisk()

    /// - Parameter isDurable: every append asks for a flush, which `disk` answers.
    init(
        directory: String? = nil, clock: TestClock = TestClock(), isDurable: Bool = false
    ) throws {
        self.directory = directory ?? Self.temporaryDirectory()
        self.clock = clock
        log = try LogDirectory(path: self.directory, clock: LogClock { clock.nowMs })
        if log.topics.isEmpty {
            try log.createTopic(
                OffsetsTopic.name, partitions: Int(Self.partitionCount),
                config: isDurable ? ["flush.messages": "1"] : [:])
            try log.createTopic("orders", partitions: 2)
        }
        var config = GroupConfig()
        config.initialRebalanceDelayMs = 0
        coordinator = GroupCoordinator(
            eventLoop: MultiThreadedEventLoopGroup.singleton.next(), log: log, config: config,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            flush: { [disk] _, _, done in disk.flush(done) }, nowMs: { [clock] in clock.nowMs })
        try coordinator.start().wait()
    }

    /// The same directory in a new life, as after a crash: what was appended is in the page cache.
    func restart() throws -> TestCoordinator {
        try coordinator.close().wait()
        try log.close()
        return try TestCoordinator(directory: directory, clock: clock)
    }

    /// The answer of a call that replies.
    func wait<Answer: Sendable>(
        _ call: (@escaping @Sendable (Answer) -> Void) -> Void
    ) throws -> Answer {
        try begin(call).wait()
    }

    func begin<Answer: Sendable>(
        _ call: (@escaping @Sendable (Answer) -> Void) -> Void
    ) -> EventLoopFuture<Answer> {
        let promise = coordinator.eventLoop.makePromise(of: Answer.self)
        call { promise.succeed($0) }
        return promise.futureResult
    }

    /// Everything that was begun on the loop before has happened.
    func onLoop<Answer: Sendable>(
        _ body: @escaping @Sendable (GroupCoordinator) -> Answer
    ) throws -> Answer {
        let coordinator = coordinator
        return try coordinator.eventLoop.submit { body(coordinator) }.wait()
    }

    func commit(
        _ offset: Int64, group: String = "g", member: String = "", generation: Int32 = -1,
        metadata: String = "", partition: Int32 = 0
    ) -> EventLoopFuture<[ErrorCode]> {
        let event = CommitEvent(
            group: group, memberID: member, generation: generation,
            offsets: [
                OffsetToCommit(
                    topicPartition: TopicPartition(topic: "orders", partition: partition),
                    offset: Offset(offset), leaderEpoch: .none, metadata: metadata)
            ])
        return begin { coordinator.commit(event, $0) }
    }

    func stage(
        _ offset: Int64, group: String = "g", producer: Int64, verdict: ErrorCode = .none
    ) throws -> [ErrorCode] {
        let event = CommitEvent(
            group: group, memberID: "", generation: -1,
            offsets: [
                OffsetToCommit(
                    topicPartition: Self.orders, offset: Offset(offset), leaderEpoch: .none,
                    metadata: "")
            ])
        let producer = TransactionalProducer(id: ProducerID(producer), epoch: ProducerEpoch(0))
        return try wait {
            coordinator.stage(event, producer: producer, verify: { _ in verdict }, $0)
        }
    }

    /// Appends the marker, then tells the coordinator, as the transaction coordinator does.
    func endTransaction(_ producer: Int64, committed: Bool, group: String = "g") throws {
        let partition = coordinator.partition(for: group)
        var builder = try RecordBatchBuilder(batchSize: 1024)
        let marker = ControlRecord(kind: committed ? .commit : .abort, coordinatorEpoch: 0)
        _ = builder.append(timestamp: clock.nowMs, key: marker.keyBytes, value: marker.valueBytes)
        try builder.seal(
            producerID: ProducerID(producer), producerEpoch: ProducerEpoch(0),
            isTransactional: true, isControl: true)
        _ = try unsafe log.partition(partition)?.append(
            builder.sealedBytes, origin: .coordinator)
        try onLoop {
            $0.transactionEnded(
                producerID: ProducerID(producer), committed: committed,
                partition: partition.partition)
        }
    }

    /// What OffsetFetch says of partition 0 of `orders`.
    func fetch(
        group: String = "g", requireStable: Bool = false
    ) throws -> OffsetFetchResponse.Partition {
        var request = OffsetFetchRequest.Group()
        request.groupID = group
        var topic = OffsetFetchRequest.Topic()
        topic.name = "orders"
        topic.partitionIndexes = [0]
        request.topics = [topic]
        let groups = try wait {
            coordinator.fetchOffsets(of: [request], requireStable: requireStable, $0)
        }
        return groups[0].topics[0].partitions[0]
    }

    func describe(_ group: String = "g") throws -> DescribeGroupsResponse.Group {
        try wait { coordinator.describe([group], $0) }[0]
    }

    func join(
        _ member: String = "", instance: String? = nil, group: String = "g"
    ) throws -> JoinGroupResponse {
        var range = JoinGroupRequest.GroupProtocol()
        range.name = "range"
        let event = JoinEvent(
            memberID: member, instanceID: instance, clientID: "client", clientHost: "/h",
            sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000, protocolType: "consumer",
            protocols: [range], requiresKnownMemberID: false, canSkipAssignment: true)
        return try wait { coordinator.join(event, group: group, $0) }
    }

    func sync(
        _ joined: JoinGroupResponse, instance: String? = nil, _ assignment: [UInt8]
    ) throws -> SyncGroupResponse {
        let event = SyncEvent(
            generation: joined.generationID, memberID: joined.memberID, instanceID: instance,
            assignments: [joined.memberID: assignment])
        return try wait { coordinator.sync(event, group: "g", $0) }
    }

    func heartbeat(_ joined: JoinGroupResponse, instance: String? = nil) throws -> ErrorCode {
        var request = HeartbeatRequest()
        request.groupID = "g"
        request.memberID = joined.memberID
        request.groupInstanceID = instance
        request.generationID = joined.generationID
        return try wait { coordinator.heartbeat(request, $0) }
    }

    deinit { try? log.close() }

    private static func temporaryDirectory() -> String {
        let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? P_tmpdir
        var template = Array("\(base)/weir-groups-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else { preconditionFailure("no directory") }
        return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// Wall-clock time, in milliseconds, that a test moves on.
final class TestClock: Sendable {
    private let ms: Atomic<Int64>

    init() {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        ms = Atomic(Int64(time.tv_sec) * 1000)
    }

    var nowMs: Int64 { ms.load(ordering: .sequentiallyConsistent) }

    func advance(ms: Int64) { self.ms.add(ms, ordering: .sequentiallyConsistent) }
}

/// Flushes that the test lets go.
final class TestDisk: Sendable {
    private let waiting = Mutex<[@Sendable (LogError?) -> Void]>([])

    func flush(_ done: @escaping @Sendable (LogError?) -> Void) {
        waiting.withLock { $0.append(done) }
    }

    var waitingCount: Int { waiting.withLock { $0.count } }

    func finish(_ failure: LogError? = nil) {
        let done = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for done in done { done(failure) }
    }
}
