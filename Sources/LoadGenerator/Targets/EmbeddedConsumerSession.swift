import CommitLog
import RecordFormat
import Synchronization

/// Reads mappings of the log's files, so a fetch copies nothing.
final class EmbeddedConsumerSession: ConsumerSession {
    private let logs: [PartitionLog]
    private let wakeup: Wakeup
    /// A place for each partition that was read, so that the next read needs no search and usually
    /// no new mapping.
    private var places = StableArray<Place>()
    private var placeOf: [Int?]

    private struct Place: ~Copyable {
        var cursor = FetchCursor()
        var window = MappedWindow()
        let bell = Bell()

        /// Returns the bytes of a slice, or as many as the file still has.
        mutating func give(
            _ slice: FileSlice, to body: (RawSpan) -> Void
        ) throws(LogError) -> Int {
            let bytes = try window.bytes(of: slice)
            body(bytes)
            return bytes.byteCount
        }
    }

    /// Whether a partition will already wake the worker. It prevents a further callback at every
    /// idle check of a partition that is seldom written.
    private final class Bell: Sendable {
        let isArmed = Atomic<Bool>(false)
    }

    init(logs: [PartitionLog], wakeup: Wakeup) {
        self.logs = logs
        self.wakeup = wakeup
        placeOf = Array(repeating: nil, count: logs.count)
    }

    func fetch(
        from offset: Offset, of partition: Int, maxBytes: Int, _ body: (RawSpan) -> Void
    ) throws(TargetError) -> Fetched {
        let log = logs[partition]
        let place = place(of: partition)
        do {
            guard
                let slice = try log.read(
                    from: offset, maxBytes: maxBytes, cursor: &places[place].cursor)
            else { return Fetched() }
            return Fetched(byteCount: try places[place].give(slice, to: body))
        } catch LogError.offsetOutOfRange(_, let logStart, _) {
            throw .offsetOutOfRange(
                log.topicPartition, offset: offset, logStartOffset: Offset(logStart))
        } catch {
            throw TargetError(error)
        }
    }

    private func place(of partition: Int) -> Int {
        if let place = placeOf[partition] { return place }
        places.append(Place())
        placeOf[partition] = places.count - 1
        return places.count - 1
    }

    func arm(_ partition: Int, past offset: Offset) -> Bool {
        let (log, wakeup, bell) = (logs[partition], wakeup, places[place(of: partition)].bell)
        if bell.isArmed.exchange(true, ordering: .acquiringAndReleasing) {
            return log.logEndOffset <= offset
        }
        let token = log.whenMore(than: offset) {
            bell.isArmed.store(false, ordering: .releasing)
            wakeup.signal()
        }
        if token == nil { bell.isArmed.store(false, ordering: .releasing) }
        return token != nil
    }
}
