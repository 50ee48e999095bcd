import RecordFormat
import Synchronization

/// The hooks of partitions that are opened before their directory exists. Weak: a partition does
/// not keep its directory open.
final class LateHooks: Sendable {
    private struct Owner {
        weak var directory: LogDirectory?
    }

    private let owner = Locked(Owner())
    private let onEvent: @Sendable (LogEvent) -> Void

    init(onEvent: @escaping @Sendable (LogEvent) -> Void) { self.onEvent = onEvent }

    func attach(_ directory: LogDirectory) {
        owner.withLock { $0.directory = directory }
    }

    private var directory: LogDirectory? { owner.withLock { $0.directory } }

    var hooks: PartitionHooks {
        PartitionHooks(
            didRoll: { [self] partition, producers, offset in
                directory?.didRoll(partition, producers, at: offset)
            },
            didDelete: { [self] segments, delayMs in
                directory?.didDelete(segments, delayMs: delayMs)
            },
            persistLogStart: { [self] () throws(LogError) in
                try directory?.writeLogStartOffsets()
            },
            maxProducers: { [self] in
                directory.map { Int(clamping: $0.config.maxProducerIDsPerPartition) } ?? .max
            },
            onEvent: onEvent)
    }
}
