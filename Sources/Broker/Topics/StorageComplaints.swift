import CommitLog
import Logging
import RecordFormat

/// Says in the log which storage errors clients were told: once for each place, and a few lines a
/// second at most. Thread contract: any thread.
final class StorageComplaints: Sendable {
    /// So many places are remembered. Then all are forgotten, and said again.
    private static let rememberedCount = 4096

    private let limiter: LogLimiter
    private let places = Locked<Set<String>>([])

    init(_ logger: Logger) { limiter = LogLimiter(logger) }

    /// A batch could not be appended.
    func note(_ error: AppendError) {
        if case .log(let cause) = error { limiter.warning("\(cause)") }
    }

    /// A client could not read from `offset` on, or not look something up.
    func note(_ error: LogError, reading topicPartition: TopicPartition, from offset: Offset?) {
        guard let place = Self.place(of: error) else { return }
        let isNew = places.withLock { places in
            if places.count >= Self.rememberedCount { places.removeAll() }
            return places.insert(place).inserted
        }
        guard isNew else { return }
        let from = offset.map { " from offset \($0)" } ?? ""
        limiter.warning(
            "\(topicPartition) could not be read\(from): \(error) What is sound of a file is copied by weir "
                + "dump-log --repair")
    }

    /// Nil where the storage is not at fault.
    private static func place(of error: LogError) -> String? {
        switch error {
        case .corrupt(let path, let position, _): "\(path) \(position)"
        case .system(let operation, let path, let code): "\(path) \(operation) \(code)"
        default: nil
        }
    }
}
