import KafkaClient
import Measurement
import NIOCore
import RecordFormat

/// One member of a group: moves what its client has fetched to a worker's inbox, tells the worker of partitions that
/// come and go, and lets none go before the worker has.
///
/// Thread contract: `pull` and what follows belong to the event loop, the rest to any thread.
final class KafkaMember: Sendable {
    /// So often a client without records says how far it is.
    private static let idleTime = TimeAmount.milliseconds(100)

    private struct State {
        var moves: [PartitionMove] = []
        var owned: Set<Int> = []
        /// What was committed last.
        var committed: [Int: Offset] = [:]
        /// Whether the client waits to be asked for more.
        var isPulling = false
        /// Whether partitions are to be given up that the worker still reads.
        var isHeld = false
        var isFull = false
        /// Whether somebody reads, who is to be waited for.
        var hasWorker = false
        var wakeup: Wakeup
        var failure: TargetError?
        var moveCount = 0
    }

    let group: String
    let inbox: KafkaInbox
    private let consumer: KafkaGroupConsumer
    private let partitions: [TopicPartition]
    private let indices: [TopicPartition: Int]
    private let offsets: KafkaOffsets
    private let isClosed = StopFlag()
    private let state: CheckedMutex<State>

    var cluster: Cluster { consumer.cluster }
    var eventLoop: any EventLoop { consumer.cluster.eventLoop }

    /// Joins. What comes signals `wakeup`, until a worker has its own.
    init(
        _ consumer: KafkaGroupConsumer, group: String, partitions: [TopicPartition],
        offsets: KafkaOffsets, wakeup: Wakeup
    ) {
        self.consumer = consumer
        self.group = group
        self.partitions = partitions
        self.offsets = offsets
        state = CheckedMutex(State(wakeup: wakeup))
        inbox = KafkaInbox(partitionCount: partitions.count)
        indices = Dictionary(uniqueKeysWithValues: partitions.enumerated().map { ($1, $0) })
        eventLoop.execute { [self] in pull() }
    }

    /// The partitions that it has.
    var owned: Set<Int> { state.withLock { $0.owned } }
    /// Why the membership has ended, if it has.
    var failure: TargetError? { state.withLock { $0.failure } }

    /// From now on a worker reads, which begins with what the member has.
    func begin(waking wakeup: Wakeup) {
        state.withLock { state in
            state.hasWorker = true
            state.wakeup = wakeup
            state.moves = state.failure.map { [.failed($0)] } ?? [.taken(Array(state.owned))]
        }
        wakeup.signal()
    }

    /// How often it had to give up a partition, or lost one.
    var moveCount: Int { state.withLock { $0.moveCount } }

    func take(_ partition: Int) -> KafkaInbox.Taken {
        let (taken, makesRoom) = inbox.take(partition)
        if makesRoom {
            eventLoop.execute { [self] in
                state.withLock { $0.isFull = false }
                pull()
            }
        }
        return taken
    }

    func takeMoves() -> [PartitionMove] {
        state.withLock { state in
            defer { state.moves.removeAll() }
            return state.moves
        }
    }

    /// The worker has read the partitions that it is to give up as far as this.
    func release(_ positions: [Int: Offset]) {
        eventLoop.execute { [self] in
            _ = consumer.commit(named(positions))
            goOn()
        }
    }

    /// Nobody reads any more: what is to be given up goes at once.
    func end() {
        eventLoop.execute { [self] in
            state.withLock { $0.hasWorker = false }
            goOn()
        }
    }

    /// Commits those of its partitions that have moved. Whose they are is asked where that changes, so that none is
    /// committed that has gone meanwhile.
    ///
    /// - Returns: of these the ones that are committed, now or before.
    func commit(_ positions: [Int: Offset]) -> EventLoopFuture<[Int: Offset]> {
        eventLoop.flatSubmit { [self] in
            let (own, moved) = state.withLock { state in
                let own = positions.filter { state.owned.contains($0.key) }
                return (own, own.filter { state.committed[$0.key] != $0.value })
            }
            guard !moved.isEmpty else { return eventLoop.makeSucceededFuture(own) }
            return consumer.commit(named(moved)).map { [self] in
                state.withLock { $0.committed.merge(moved) { $1 } }
                return own
            }
            // The group has gone on meanwhile; the partitions' next members read some records again.
            .recover { _ in own.filter { moved[$0.key] == nil } }
        }
    }

    /// Leaves the group, and ends the client's connections.
    func close() -> EventLoopFuture<Void> {
        isClosed.set()
        return consumer.close().flatMap { [consumer] in consumer.cluster.shutdown() }
    }

    private var wakeup: Wakeup { state.withLock { $0.wakeup } }

    private func goOn() {
        state.withLock { $0.isHeld = false }
        pull()
    }

    private func pull() {
        let begins = state.withLock { state in
            guard !state.isPulling, !state.isHeld, !state.isFull else { return false }
            state.isPulling = true
            return true
        }
        guard begins, !isClosed.isSet else { return }
        consumer.next(within: Self.idleTime).whenComplete { [self] result in
            state.withLock { $0.isPulling = false }
            switch result {
            case .success(.records(let records)?): put(records)
            case .success(.assigned(let partitions)?): take(numbers(partitions))
            case .success(.revoked(let partitions)?):
                giveUp(numbers(partitions)) { .revoked($0) }
                state.withLock { $0.isHeld = $0.hasWorker }
            case .success(.lost(let partitions)?): giveUp(numbers(partitions)) { .lost($0) }
            case .success(nil): tellReached()
            case .failure(let error): guard goesOn(after: error) else { return }
            }
            pull()
        }
    }

    private func put(_ records: FetchedRecords) {
        guard let partition = indices[records.partition] else { return }
        let end =
            cluster.settings.consumer.isolation == .readCommitted
            ? records.lastStableOffset : records.highWatermark
        offsets.learn(start: records.logStartOffset, end: end, of: partition)
        let hasRoom = inbox.put(records, of: partition)
        state.withLock { $0.isFull = !hasRoom }
        wakeup.signal()
    }

    private func take(_ partitions: [Int]) {
        state.withLock { state in
            state.owned.formUnion(partitions)
            state.moves.append(.taken(partitions))
        }
        wakeup.signal()
    }

    private func giveUp(_ partitions: [Int], _ move: ([Int]) -> PartitionMove) {
        for partition in partitions { inbox.drop(partition) }
        state.withLock { state in
            state.owned.subtract(partitions)
            state.moveCount += partitions.count
            for partition in partitions { state.committed[partition] = nil }
            state.moves.append(move(partitions))
        }
        wakeup.signal()
    }

    private func tellReached() {
        for index in state.withLock({ $0.owned }) {
            if let position = consumer.reachedPosition(of: partitions[index]) {
                inbox.reach(position, of: index)
                wakeup.signal()
            }
        }
    }

    /// Whether more can come.
    private func goesOn(after error: any Error) -> Bool {
        if let error = error as? ConsumerError {
            if let partition = indices[error.partition] { inbox.fail(error, of: partition) }
            wakeup.signal()
            return true
        }
        state.withLock { state in
            state.failure = .failed("\(error)")
            state.moves.append(.failed(.failed("\(error)")))
        }
        wakeup.signal()
        return false
    }

    private func numbers(_ partitions: [TopicPartition]) -> [Int] {
        partitions.compactMap { indices[$0] }
    }

    private func named(_ positions: [Int: Offset]) -> [TopicPartition: CommittedOffset] {
        Dictionary(
            uniqueKeysWithValues: positions.map { (partitions[$0.key], CommittedOffset($0.value)) })
    }
}
