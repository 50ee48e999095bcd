import RecordFormat

/// What the batches of a topic are, as far as they were read.
public struct StoredCensus: Sendable {
    public struct Fault: Sendable, Equatable {
        /// `…/00000000000000000000.log, position 4711`.
        public let place: String
        public let reason: String
    }

    public private(set) var batchCount = 0
    public private(set) var recordCount = 0
    /// As stored, headers included.
    public private(set) var byteCount = 0
    /// Of `byteCount`, by the codec's name.
    public private(set) var byteCounts: [String: Int] = [:]
    /// Markers of transactions, which are never compressed.
    public private(set) var controlBatchCount = 0
    /// Batches that cannot be decoded; one stands for all that follow it where their lengths are lost.
    public private(set) var faultCount = 0
    /// The first of them.
    public private(set) var faults: [Fault] = []

    private static let keptFaults = 5

    public var recordsPerBatch: Double {
        batchCount > 0 ? Double(recordCount) / Double(batchCount) : 0
    }

    /// The codecs, the one with the most bytes first.
    public var codecs: [String] {
        byteCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }

    mutating func count(_ header: RecordBatchHeader) {
        batchCount += 1
        recordCount += Int(header.recordCount)
        byteCount += header.sizeInBytes
        byteCounts[header.attributes.codec.name, default: 0] += header.sizeInBytes
    }

    mutating func countControl() { controlBatchCount += 1 }

    mutating func count(faultAt position: Int, of path: String, _ reason: String) {
        faultCount += 1
        guard faults.count < Self.keptFaults else { return }
        faults.append(Fault(place: "\(path), position \(position)", reason: reason))
    }
}
