import CommitLog
import Logging
import RecordFormat

/// Moves records of an internal topic out of partitions where nobody looks for them.
///
/// The name of a group, or a transactional id, says which partition its records are in
/// (`CoordinatorPartition`). Weir 0.1.0 took another one for half of all names. So directories that
/// it served have records elsewhere, and those that Kafka had written before have some in both
/// places. Of two with one key the newer counts, by timestamp. It is written anew, as it is, to
/// where it belongs, and is durable there before a tombstone (`MovedTombstone`) ends it where it
/// was: after a crash in between it stands in both places, with one timestamp, and the next start
/// goes on.
///
/// A key that an open transaction has written stays where it is, since nobody knows yet what will
/// count. A start after the end of the transaction moves it.
struct MisplacedRecords {
    /// All partitions of the topic.
    let partitions: [PartitionLog]
    let nowMs: Int64
    /// The name that a key is about; nil where it is none that is read here.
    let name: (RawSpan) -> String?

    struct Report: Sendable, Equatable {
        /// The groups or transactional ids.
        var names: Set<String> = []
        /// How many records were written anew; the others were older than what stood in the right
        /// place.
        var movedCount = 0
        /// The partitions that were written to.
        var partitions: Set<Int32> = []
    }

    /// The newest record of a key, and all partitions that it does not belong in.
    private struct Stray {
        var name: String
        var newest: LastRecords.Entry?
        var sources: [Int32]
        var target: Int32
    }

    /// What is appended to move a record: the record, or the tombstone of its old place.
    struct Addition {
        /// The group or transactional id.
        var name: String
        var key: [UInt8]
        var value: [UInt8]?
        /// In milliseconds since 1970.
        var timestamp: Int64
    }

    /// Moves what stands in `sources` and belongs elsewhere. Blocks. Where it throws, nothing is
    /// lost, and it can be done again.
    func move(from sources: Set<Int32>) throws -> Report {
        let strays = try strays(in: sources)
        var report = Report()
        var copies: [Int32: [Addition]] = [:]
        var tombstones: [Int32: [Addition]] = [:]
        let present = try present(strays)
        for (key, stray) in strays {
            report.names.insert(stray.name)
            if let newest = stray.newest, isNewer(newest, than: present[stray.target]?[key]) {
                copies[stray.target, default: []].append(
                    Addition(
                        name: stray.name, key: key, value: newest.value,
                        timestamp: newest.timestamp))
            }
            for source in stray.sources {
                tombstones[source, default: []].append(
                    Addition(name: stray.name, key: key, value: nil, timestamp: nowMs))
            }
        }
        for (target, additions) in copies {
            try append(additions, to: target, headers: .empty)
            try partitions[Int(target)].flush()
            report.movedCount += additions.count
        }
        for (source, additions) in tombstones {
            try append(additions, to: source, headers: MovedTombstone.headers)
        }
        report.partitions = Set(copies.keys).union(tombstones.keys)
        return report
    }

    private func index(of name: String) -> Int32 {
        CoordinatorPartition.index(of: name, among: Int32(partitions.count))
    }

    private func strays(in sources: Set<Int32>) throws -> [[UInt8]: Stray] {
        var strays: [[UInt8]: Stray] = [:]
        for source in sources.sorted() {
            let found = try LastRecords.read(partitions[Int(source)]) { key in
                name(key).map { index(of: $0) != source } ?? false
            }
            let openKeys = found.openKeys
            for (key, entry) in found.entries where !openKeys.contains(key) {
                guard entry?.isMoved != true, let name = unsafe name(key.span.bytes) else {
                    continue
                }
                var stray =
                    strays[key]
                    ?? Stray(name: name, newest: nil, sources: [], target: index(of: name))
                stray.sources.append(source)
                if let entry, stray.newest.map({ $0.timestamp < entry.timestamp }) ?? true {
                    stray.newest = entry
                }
                strays[key] = stray
            }
        }
        return strays
    }

    /// The records that are already where the strays belong.
    private func present(
        _ strays: [[UInt8]: Stray]
    ) throws -> [Int32: [[UInt8]: LastRecords.Entry]] {
        var present: [Int32: [[UInt8]: LastRecords.Entry]] = [:]
        for target in Set(strays.values.map(\.target)) {
            present[target] = try LastRecords.read(partitions[Int(target)]) { key in
                strays[LastRecords.copy(key)] != nil
            }.entries.compactMapValues { $0 }
        }
        return present
    }

    /// Of two records with one timestamp that in the right place counts. A tombstone is newer only
    /// than something that it ends.
    private func isNewer(
        _ stray: LastRecords.Entry, than present: LastRecords.Entry?
    ) -> Bool {
        guard let present else { return stray.value != nil }
        if present.value == nil, stray.value == nil { return false }
        return present.isMoved || stray.timestamp > present.timestamp
    }
}

extension MisplacedRecords.Report {
    /// Says once what was done; nothing where there was nothing to do.
    func log(of topic: String, to logger: Logger) {
        guard !partitions.isEmpty else { return }
        logger.notice(
            """
            entries of \(topic) were in partitions where Kafka does not look for them: Weir 0.1.0 put them \
            there; they are now where they belong
            """,
            metadata: [
                "names": "\(names.count)", "moved": "\(movedCount)",
                "partitions": "\(partitions.sorted())",
            ])
    }
}
