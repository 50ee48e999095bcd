import KafkaProtocol
import RecordFormat
import Synchronization

@testable import Broker

/// Keeps start offsets in memory, and writes down what it is told.
final class ShareStatesDouble: ShareStates {
    struct Kept {
        var starts: [String: [TopicIDPartition: Offset]] = [:]
        var left: [String] = []
        var epochs: [Int32] = []
        /// What the next calls that change anything answer.
        var code = ErrorCode.none
        /// Answers of `forget` that wait until the test lets them go; nil where none does.
        var held: [@Sendable () -> Void]?
    }

    private let kept = Mutex(Kept())

    func withKept<Result: Sendable>(_ body: (inout sending Kept) -> sending Result) -> Result {
        kept.withLock(body)
    }

    func describe(
        _ partitions: [TopicIDPartition], of group: String,
        _ reply: @escaping @Sendable ([Result<ShareStart?, ShareStateError>]) -> Void
    ) {
        let starts = kept.withLock { $0.starts[group] ?? [:] }
        reply(
            partitions.map { partition in
                if partition.partition == 9 {
                    return .failure(ShareStateError(code: .kafkaStorageError))
                }
                return .success(starts[partition].map { ShareStart(offset: $0, lag: 3) })
            })
    }

    func begin(
        _ starts: [(TopicIDPartition, Offset)], of group: String, groupEpoch: Int32,
        _ reply: @escaping @Sendable ([ErrorCode]) -> Void
    ) {
        let code = kept.withLock { kept in
            kept.epochs.append(groupEpoch)
            guard kept.code == .none else { return kept.code }
            for (partition, offset) in starts {
                kept.starts[group, default: [:]][partition] = offset
            }
            return .none
        }
        reply(starts.map { _ in code })
    }

    func forget(
        _ partitions: [TopicIDPartition], of group: String,
        _ reply: @escaping @Sendable ([ErrorCode]) -> Void
    ) {
        let code = kept.withLock { kept in
            guard kept.code == .none else { return kept.code }
            for partition in partitions { kept.starts[group]?[partition] = nil }
            return .none
        }
        let isHeld = kept.withLock { kept in
            kept.held?.append { reply(partitions.map { _ in code }) }
            return kept.held != nil
        }
        if !isHeld { reply(partitions.map { _ in code }) }
    }

    func groupDeleted(_ group: String) { kept.withLock { $0.starts[group]?.removeAll() } }

    func memberLeft(_ memberID: String, of group: String) {
        kept.withLock { $0.left.append("\(group) \(memberID)") }
    }
}
