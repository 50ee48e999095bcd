import Measurement
import RecordFormat

/// The audits of a group whose partitions move between its members: a partition's goes with it.
///
/// Thread contract: safe from any thread.
final class AuditPool: Sendable {
    private let audits: CheckedMutex<[Int: PartitionAudit]>

    init(_ audits: [PartitionAudit]) {
        self.audits = CheckedMutex(
            Dictionary(uniqueKeysWithValues: audits.map { ($0.partition, $0) }))
    }

    /// Nil while another worker has it: it has lost the partition, and does not know that yet.
    func take(_ partition: Int) -> PartitionAudit? {
        audits.withLock { $0.removeValue(forKey: partition) }
    }

    func put(_ audit: PartitionAudit) {
        audits.withLock { $0[audit.partition] = audit }
    }

    /// All that no worker has.
    var rest: [PartitionAudit] { audits.withLock { Array($0.values) } }
}
