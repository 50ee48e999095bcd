import Measurement
import RecordFormat

/// Why codecs cannot be measured on a sample.
public enum CodecPassError: Error, Sendable, CustomStringConvertible {
    case oneRecord
    /// Of a stored log.
    case noBatch
    /// No filling has a full batch of so few records.
    case fewRecords(Int, fewestPerBatch: Int)
    case recordsExceedBatch(batchSize: Int, meanByteCount: Int)
    case codec(Compression, RecordFormatError)
    /// A codec's output decompresses to other bytes.
    case unfaithful(Compression)
    /// libzstd itself, without our calls.
    case bare(RooflineError)
    case thread(ThreadError)

    public var description: String {
        switch self {
        case .oneRecord:
            "only one record, and a batch of copies of it would compress better than any load; "
                + "take a file of some thousand records, or another --format"
        case .noBatch: "no batch of records that can be decoded"
        case .fewRecords(let count, let fewest):
            "only \(count) records, which is no batch of \(fewest), and a batch must not hold a "
                + "record twice; take a larger file, or lower --batch-records"
        case .recordsExceedBatch(let batchSize, let mean):
            "most records are larger than a batch of \(batchSize) bytes (\(mean) on average), so that "
                + "each would be a batch by itself; raise --batch-size"
        case .codec(let compression, let error): "\(compression): \(error)"
        case .unfaithful(let compression):
            "\(compression): what was compressed decompresses to other bytes; do not use this "
                + "version of the codec's library"
        case .bare(let error): "\(error)"
        case .thread(let error): "\(error)"
        }
    }
}
