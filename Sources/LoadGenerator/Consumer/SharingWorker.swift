import Measurement
import RecordFormat

/// One member of a share group: takes the records that it is given, decodes and audits each, and records its
/// end-to-end latency.
///
/// Like `ConsumerWorker` it is stepped, and the time is a parameter. Each step acknowledges what the step before has
/// read.
///
/// Thread contract: belongs to one thread, but for the recorder and the group's board.
struct SharingWorker: ReadingWorker, ~Copyable {
    private let board: GroupBoard
    private let session: any SharingSession
    private var consumption: BatchConsumption
    private var failure: TargetError?

    /// - Parameter service: the work on each record; nil for none.
    init(
        board: GroupBoard, settings: ConsumerWorker.Settings, time: TimeSource,
        session: any SharingSession, recorder: Recorder<ConsumerTally>, gaps: PartitionGaps? = nil,
        service: RecordService? = nil
    ) {
        self.board = board
        self.session = session
        consumption = BatchConsumption(
            board: board, settings: settings, time: time, recorder: recorder, gaps: gaps,
            service: service)
    }

    var isServing: Bool { consumption.isServing }
    var loop: (any StepLoop)? { session.loop }

    mutating func step() -> ConsumerWorker.Step {
        guard failure == nil, !board.isStopped else { return .finished }
        guard !board.isPaused else { return .wait }
        do {
            let hasRead = try session.take { partition, batch, given in
                consume(batch, given, of: partition)
            }
            if failure != nil || board.hasReachedGoal { return .finished }
            return hasRead ? .again : .wait
        } catch {
            failure = error
            return .finished
        }
    }

    private mutating func consume(_ batch: RawSpan, _ given: [GivenRecords], of partition: Int) {
        // What is left is not acknowledged.
        guard failure == nil, !board.isStopped, let audit = board.shared?[partition] else { return }
        do {
            _ = try consumption.consume(
                batch, header: try header(of: batch, partition), given, audit)
        } catch {
            failure = error
        }
    }

    private func header(
        of batch: RawSpan, _ partition: Int
    ) throws(TargetError) -> RecordBatchHeader {
        do {
            return try RecordBatchHeader(batch)
        } catch {
            throw .damaged("a batch of partition \(partition) cannot be read: \(error)")
        }
    }

    /// The group's audits are those of its board.
    func outcome() -> ConsumerWorker.Outcome {
        ConsumerWorker.Outcome(audits: [], failure: failure)
    }
}
