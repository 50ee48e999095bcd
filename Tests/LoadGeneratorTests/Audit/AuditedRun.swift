import RecordFormat
import Synchronization
import Testing

@testable import LoadGenerator

/// Whether batches name their producer, or are known by their content alone.
enum BatchNaming: CaseIterable { case idempotent, unnamed }

/// What is planted here, a target did to batches that were sealed: the audit knows nothing of it but
/// what it reads.
enum AuditedRun {
    static func profile(_ naming: BatchNaming, batchSize: Int, records: Int = 1_000) -> Profile {
        var profile = Simulation.profile(
            rate: .constant(.perSecond(1_000)), duration: .milliseconds(records),
            batchSize: batchSize)
        profile.producers.enableIdempotence = naming == .idempotent
        profile.payload.kind = .random
        profile.payload.size = .fixed(100)
        return profile
    }

    /// A batch of this size has one record, and one of this size has up to ten.
    static let single = 1
    static let ofTen = 61 + 10 * 109
    static let tenMillis = Duration.milliseconds(10)

    /// 1,000 records through a target that does something to some batches, read by one group.
    ///
    /// - Parameter tamper: is given a batch's number and bytes, and says what is stored in its place.
    static func audit(
        _ naming: BatchNaming, batchSize: Int = single,
        _ tamper: @escaping @Sendable (Int, [UInt8]) -> [[UInt8]]
    ) throws -> AuditCounts {
        let number = Mutex(0)
        let target = MemoryTarget(tamper: { _, batch in
            tamper(
                number.withLock {
                    $0 += 1
                    return $0 - 1
                }, batch)
        })
        var profile = Self.profile(naming, batchSize: batchSize)
        if batchSize > 1 { profile.producers.linger = tenMillis }
        let simulation = Simulation(profile: profile, target: target)
        let produced = try simulation.produce()
        return simulation.consume(against: produced.sent).audit
    }
}

/// That these faults were found, so many of each, and no others.
func expectFaults(
    _ counts: AuditCounts, _ faults: [AuditFault: UInt64],
    _ location: SourceLocation = #_sourceLocation
) {
    for fault in AuditFault.allCases {
        #expect(counts[fault] == faults[fault] ?? 0, "\(fault)", sourceLocation: location)
        #expect(
            (counts.firstPlace(of: fault) != nil) == (faults[fault] != nil), "\(fault)",
            sourceLocation: location)
    }
    #expect(counts.foreign == 0, sourceLocation: location)
    #expect(counts.unmatched == 0, sourceLocation: location)
}

/// The same batch with other records: its header's fields, counts and checksum are made anew.
func rebuilt(
    _ batch: [UInt8], _ change: (inout [(key: [UInt8]?, value: [UInt8])]) -> Void
) -> [UInt8] {
    guard let header = try? unsafe RecordBatchHeader(batch.span.bytes),
        var builder = try? RecordBatchBuilder(batchSize: 1 << 20)
    else { return batch }
    var records: [(key: [UInt8]?, value: [UInt8])] = []
    var timestamps: [Int64] = []
    var reader = RecordBatchReader()
    try? unsafe reader.withRecords(of: batch.span.bytes, header: header, verifyChecksum: true) {
        (iterator: inout RecordIterator) throws(RecordFormatError) in
        while let record = try iterator.next() {
            let value = iterator.bytes.bytes(of: record.value)
            let bytes = unsafe value.withUnsafeBytes { unsafe [UInt8]($0) }
            records.append((nil, bytes))
            timestamps.append(header.baseTimestamp + record.timestampDelta)
        }
    }
    change(&records)
    for (place, record) in records.enumerated() {
        _ = builder.append(
            timestamp: timestamps[min(place, timestamps.count - 1)], key: record.key,
            value: record.value)
    }
    try? builder.seal(
        producerID: header.producerID, producerEpoch: header.producerEpoch,
        baseSequence: header.baseSequence)
    return unsafe [UInt8](builder.sealedBytes)
}
