import DequeModule
import KafkaClient
import Measurement
import RecordFormat

/// The fetched batches on their way from the event loop to a consumer worker, in the bytes of their
/// responses. Bounded: the client's own bound holds for what is not here yet.
///
/// Thread contract: the event loop puts; one worker takes.
final class KafkaInbox: Sendable {
    /// No more is put once so many bytes wait.
    private static let byteCountLimit = 4 << 20

    /// What the worker finds of a partition.
    enum Taken {
        case records(FetchedRecords)
        case failure(ConsumerError)
        /// Nothing is there. The position is where the client is, if it is known.
        case nothing(Offset?)
    }

    private struct Partition {
        var records = Deque<FetchedRecords>()
        var failure: ConsumerError?
        /// Where the client is, while nothing is fetched.
        var reached: Offset?
        var isReady = false
    }

    private struct State {
        var partitions: [Partition]
        /// Those in which the worker finds something new, in the order in which it came.
        var ready: [Int] = []
        var byteCount = 0
        var isFull = false

        mutating func makeReady(_ partition: Int) {
            guard !partitions[partition].isReady else { return }
            partitions[partition].isReady = true
            ready.append(partition)
        }
    }

    private let state: CheckedMutex<State>

    init(partitionCount: Int) {
        state = CheckedMutex(
            State(partitions: Array(repeating: Partition(), count: partitionCount)))
    }

    /// - Returns: whether there is room for more. If not, `take` says when there is again.
    func put(_ records: FetchedRecords, of partition: Int) -> Bool {
        state.withLock { state in
            state.partitions[partition].records.append(records)
            state.makeReady(partition)
            state.byteCount += records.lentByteCount
            state.isFull = state.byteCount >= Self.byteCountLimit
            return !state.isFull
        }
    }

    func fail(_ error: ConsumerError, of partition: Int) {
        state.withLock { state in
            state.partitions[partition].failure = error
            state.makeReady(partition)
        }
    }

    /// The client has nothing to hand out up to this position.
    func reach(_ position: Offset, of partition: Int) {
        state.withLock { state in
            guard state.partitions[partition].records.isEmpty,
                state.partitions[partition].reached != position
            else { return }
            state.partitions[partition].reached = position
            state.makeReady(partition)
        }
    }

    /// The partitions in which there is something that was not there at the last call, or was not all
    /// taken.
    func takeReady() -> [Int] {
        state.withLock { state in
            defer { state.ready.removeAll(keepingCapacity: true) }
            for partition in state.ready { state.partitions[partition].isReady = false }
            return state.ready
        }
    }

    /// - Returns: the next batches of the partition, and whether more may be put again.
    func take(_ partition: Int) -> (taken: Taken, makesRoom: Bool) {
        state.withLock { state in
            if let records = state.partitions[partition].records.popFirst() {
                state.byteCount -= records.lentByteCount
                let hasMore =
                    !state.partitions[partition].records.isEmpty
                    || state.partitions[partition].failure != nil
                if hasMore { state.makeReady(partition) }
                let makesRoom = state.isFull && state.byteCount < Self.byteCountLimit
                if makesRoom { state.isFull = false }
                return (.records(records), makesRoom)
            }
            if let failure = state.partitions[partition].failure {
                return (.failure(failure), false)
            }
            return (.nothing(state.partitions[partition].reached), false)
        }
    }

    /// Others read the partition from now on: what is here of it is not taken any more.
    func drop(_ partition: Int) {
        state.withLock { state in
            for records in state.partitions[partition].records {
                state.byteCount -= records.lentByteCount
            }
            state.partitions[partition].records.removeAll()
            state.partitions[partition].failure = nil
            state.partitions[partition].reached = nil
            if state.byteCount < Self.byteCountLimit { state.isFull = false }
        }
    }

    func isEmpty(_ partition: Int) -> Bool {
        state.withLock {
            $0.partitions[partition].records.isEmpty && $0.partitions[partition].failure == nil
        }
    }
}

extension FetchedRecords {
    /// The bytes of the batches, with what lies between them.
    var lentByteCount: Int {
        guard let first = batches.first, let last = batches.last else { return 0 }
        return last.bytes.upperBound - first.bytes.lowerBound
    }
}
