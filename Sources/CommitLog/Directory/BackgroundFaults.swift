/// What goes wrong in the background, where nobody waits for an answer.
public struct BackgroundFault: Sendable, Equatable {
    public enum Work: String, Sendable {
        case flush = "flushing"
        case roll = "writing the indexes of what was rolled"
        case retention = "retention"
        case removal = "removing deleted files"
        case compaction = "compaction"
        case checkpoints = "writing the checkpoints"
    }

    public var work: Work
    /// The directory of the partition, or that of the log where the work is of all partitions.
    public var path: String
    public var error: LogError
}

extension BackgroundFault: CustomStringConvertible {
    public var description: String { "\(place): \(error)" }

    /// The work, and the partition where it is of one.
    var place: String {
        switch work {
        case .checkpoints: work.rawValue
        case .flush, .roll, .retention, .removal, .compaction:
            "\(work.rawValue) of \(path.split(separator: "/").last ?? "")"
        }
    }
}

/// The faults of a directory. Each cause is told once, when it comes up, and once more when it is
/// over: work that fails is mostly tried again every few seconds.
///
/// Thread contract: every call from any thread. The observer is called by the thread whose work it
/// was. The only locks that this thread may hold then are `LogDirectory.removals` and
/// `LogCleaner.turn`: nobody waits for them but background threads, and `close()`, which waits for
/// these threads anyway.
final class BackgroundFaults: Sendable {
    private struct Key: Hashable {
        var work: BackgroundFault.Work
        var path: String
    }

    private struct State {
        var current: [Key: BackgroundFault] = [:]
        var past: [BackgroundFault] = []
    }

    /// So many causes are remembered.
    private static let rememberedCount = 64

    private let state = Locked(State())
    private let observer: @Sendable (LogEvent) -> Void

    init(_ observer: @escaping @Sendable (LogEvent) -> Void) { self.observer = observer }

    /// Those that are not over.
    var current: [BackgroundFault] { state.withLock { Array($0.current.values) } }
    /// All that there were, the first ones.
    var all: [BackgroundFault] { state.withLock { $0.past } }

    /// Does the work, and says what came of it where that is news; returns whether it was done. Of
    /// a log that was closed or deleted meanwhile there is nothing to say.
    @discardableResult
    func attempt(
        _ work: BackgroundFault.Work, at path: String, _ body: () throws(LogError) -> Void
    ) -> Bool {
        do throws(LogError) {
            try body()
            succeeded(work, at: path)
            return true
        } catch {
            failed(work, at: path, error)
            return false
        }
    }

    func failed(_ work: BackgroundFault.Work, at path: String, _ error: LogError) {
        if case .closed = error { return }
        let fault = BackgroundFault(work: work, path: path, error: error)
        let isNews = state.withLock { state in
            let old = state.current.updateValue(fault, forKey: Key(work: work, path: path))
            guard old?.error.cause != error.cause else { return false }
            if state.past.count < Self.rememberedCount { state.past.append(fault) }
            return true
        }
        if isNews { observer(.failed(fault)) }
    }

    func succeeded(_ work: BackgroundFault.Work, at path: String) {
        let ended = state.withLock { state in
            state.current.isEmpty
                ? nil : state.current.removeValue(forKey: Key(work: work, path: path))
        }
        if let ended { observer(.recovered(ended)) }
    }

    /// Forgets the faults of a partition that was deleted.
    func forget(_ path: String) {
        state.withLock { state in
            for key in state.current.keys where key.path == path { state.current[key] = nil }
        }
    }
}

extension LogError {
    /// What tells one cause from another: the kind of failure, and not the file that met it.
    fileprivate var cause: String {
        switch self {
        case .system(let operation, _, let code): "\(operation) \(code)"
        case .noSpace: "no space"
        case .flushFailed(_, let code): "flush \(code)"
        default: "\(self)"
        }
    }
}
