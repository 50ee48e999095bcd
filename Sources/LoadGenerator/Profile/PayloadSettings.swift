/// The records' values.
public struct PayloadSettings: Hashable, Sendable {
    public var kind = PayloadKind.orders
    /// The corpus, for `kind: corpus` only.
    public var file: String?
    /// How the corpus is cut into records.
    public var format = CorpusFormat.lines
    /// Whether the first line names the columns and is no record.
    public var header = false
    /// Nil: the natural sizes of the kind, or 1 KiB if it has none.
    public var size: SizeDistribution?
    /// Uncompressed ÷ compressed bytes, for `kind: ratio` only.
    public var ratio = 4.0
    /// Bytes of values that are prepared before the run and sent in order.
    public var pool = 64 * 1024 * 1024

    public init() {}
}

public enum PayloadKind: String, CaseIterable, Hashable, Sendable {
    /// A user's own file.
    case corpus
    /// An online shop's OrderPlaced events, JSON.
    case orders
    /// A site's user-signup events, JSON.
    case signups
    /// Lines of a web shop's access and application logs.
    case logs
    /// Samples of drifting metrics, InfluxDB line protocol.
    case metrics
    /// Bytes that the profile's codec compresses by `payload.ratio`.
    case ratio
    /// Incompressible.
    case random
    /// As compressible as possible.
    case zeros

    /// Whether `payload.size` sets the size of a value; other kinds have their own sizes.
    public var isSized: Bool {
        switch self {
        case .ratio, .random, .zeros: true
        case .corpus, .orders, .signups, .logs, .metrics: false
        }
    }

    /// Whether `keys.kind: payload` finds a key in each record.
    public var hasKeys: Bool {
        switch self {
        case .orders, .signups, .logs, .metrics: true
        case .corpus, .ratio, .random, .zeros: false
        }
    }
}

/// How a corpus file is cut into records.
public enum CorpusFormat: String, CaseIterable, Hashable, Sendable {
    /// One record a line, without its line end; empty lines are left out.
    case lines
    /// As `lines`; each line that is used must be a JSON object or array.
    case ndjson
    /// Pieces of `payload.size` bytes.
    case slices
    /// Lines up to an empty line.
    case paragraphs
    /// The length of each record before it, in four bytes.
    case lengthU32BigEndian = "length-u32-be"
    case lengthU32LittleEndian = "length-u32-le"
    /// The same as a varint (LEB128), as protobuf's delimited messages have it.
    case lengthVarint = "length-varint"
    /// Each file of a directory is a record.
    case files
    /// The records of a log's segments, Kafka's or Weir's: a .log file, a partition or a log directory.
    case segments

    /// Whether the bytes can be entered in the middle of a file.
    var hasBoundaries: Bool {
        switch self {
        case .lines, .ndjson, .slices, .paragraphs: true
        case .lengthU32BigEndian, .lengthU32LittleEndian, .lengthVarint, .files, .segments: false
        }
    }

    /// Whether records are made of lines.
    var isText: Bool {
        switch self {
        case .lines, .ndjson, .paragraphs: true
        case .slices, .lengthU32BigEndian, .lengthU32LittleEndian, .lengthVarint, .files, .segments:
            false
        }
    }
}
