import RecordFormat

/// When a consumer group does not read.
public enum ConsumerPause: Hashable, Sendable {
    /// It reads, and then pauses for `length`, so that a round takes `every`.
    case regular(every: Duration, length: Duration)
    /// It pauses once it has read everything, until so many records wait.
    case backlog(records: Int)
}

/// Pauses and resumes groups while producers send. In the drain no group pauses.
///
/// Thread contract: belongs to the run's thread.
struct ConsumerPauses {
    private let groups: [(board: GroupBoard, pause: ConsumerPause)]
    private let target: any LoadTarget
    private let startNanos: Int64

    init(_ profile: Profile, boards: [GroupBoard], target: any LoadTarget, start: Int64) {
        groups = zip(boards, profile.consumers).compactMap { board, settings in
            settings.pause.map { (board, $0) }
        }
        self.target = target
        startNanos = start
    }

    /// - Returns: whether a group was resumed, and its workers are to be woken.
    func tick(at now: Int64) -> Bool {
        var hasResumed = false
        for (board, pause) in groups {
            let isPaused = board.isPaused
            let pauses = isPausing(pause, board, isPaused: isPaused, at: now)
            guard pauses != isPaused else { continue }
            if pauses {
                board.pause()
            } else {
                board.resume()
                hasResumed = true
            }
        }
        return hasResumed
    }

    private func isPausing(
        _ pause: ConsumerPause, _ board: GroupBoard, isPaused: Bool, at now: Int64
    ) -> Bool {
        switch pause {
        case .regular(let every, let length):
            let place = max(now - startNanos, 0) % max(every.nanoseconds, 1)
            return place >= every.nanoseconds - length.nanoseconds
        case .backlog(let records):
            let positions = board.positions
            let unread = board.partitions.reduce(Int64(0)) {
                $0 + max(target.logEndOffset(of: $1) - positions[$1], 0)
            }
            return isPaused ? unread < records : unread == 0
        }
    }
}
