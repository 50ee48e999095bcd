import RecordFormat
import Synchronization

/// Hands out producer ids, each once in the life of a directory. A block of ids is claimed on disk
/// before the first of it is given away, so a crash wastes ids but repeats none.
final class ProducerIDAllocator: Sendable {
    static let fileName = "producer-id-checkpoint"
    private static let blockSize: Int64 = 1000

    private struct State {
        var next: Int64
        var end: Int64
    }

    private let path: String
    private let state: Locked<State>

    /// Goes on after the blocks claimed before, and after `largestKnown`, in case their file was
    /// lost.
    init(directory: String, largestKnown: ProducerID) throws(LogError) {
        path = "\(directory)/\(Self.fileName)"
        let next = max(try Self.claimed(path) ?? 0, largestKnown.rawValue + 1)
        state = Locked(State(next: next, end: next))
    }

    /// Makes sure that an allocator of the directory gives no id below `end`.
    static func claim(below end: Int64, in directory: String) throws(LogError) {
        let path = "\(directory)/\(fileName)"
        guard end > (try claimed(path) ?? 0) else { return }
        try DurableFile.replace(path, with: CheckpointText.encode([String(end)]))
    }

    private static func claimed(_ path: String) throws(LogError) -> Int64? {
        try DurableFile.read(path).flatMap {
            CheckpointText.decode($0, fieldCount: 1)?.first.flatMap { Int64($0[0]) }
        }
    }

    func allocate() throws(LogError) -> ProducerID {
        try state.withLock { (state) throws(LogError) in
            if state.next == state.end {
                let end = state.end + Self.blockSize
                try DurableFile.replace(path, with: CheckpointText.encode([String(end)]))
                state.end = end
            }
            defer { state.next += 1 }
            return ProducerID(state.next)
        }
    }
}
