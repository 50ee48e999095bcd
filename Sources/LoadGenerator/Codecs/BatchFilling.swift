/// How full the batches are that codecs are measured on.
public enum BatchFilling: Hashable, Sendable, CustomStringConvertible {
    /// So many records, as a load and its linger.ms give.
    case records(Int)
    /// As many records as `batch.size` admits: bytes before compression, header included.
    case batchSize(Int)
    /// So many batches of a stored log as one; 1: as they are stored.
    case stored(Int)

    /// What a batch of so many records may become: sixteen times what a broker takes by default.
    static let largestByteCount = 16 << 20

    /// The bound on a batch, header included.
    var batchSize: Int {
        switch self {
        case .records, .stored: Self.largestByteCount
        case .batchSize(let byteCount): byteCount
        }
    }

    var mostRecords: Int {
        switch self {
        case .records(let count): count
        case .batchSize, .stored: .max
        }
    }

    public var description: String {
        switch self {
        case .records(let count): count == 1 ? "1 record a batch" : "\(count) records a batch"
        case .batchSize(let byteCount): "batch.size \(byteCount)"
        case .stored(let count): count == 1 ? "batches as stored" : "\(count) stored batches in one"
        }
    }
}
