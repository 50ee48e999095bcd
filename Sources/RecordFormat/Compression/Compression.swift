internal import CZstd

/// A codec and its level, as `compression.type` and `compression.<codec>.level` say.
public struct Compression: Hashable, Sendable {
    public var codec: CompressionCodec
    /// `nil`: the codec's default.
    public var level: Int?

    public init(_ codec: CompressionCodec, level: Int? = nil) {
        self.codec = codec
        self.level = level
    }

    public static let none = Compression(.none)
    public static let snappy = Compression(.snappy)

    public static func gzip(_ level: Int? = nil) -> Compression { Compression(.gzip, level: level) }
    public static func lz4(_ level: Int? = nil) -> Compression { Compression(.lz4, level: level) }
    public static func zstd(_ level: Int? = nil) -> Compression { Compression(.zstd, level: level) }
}

extension Compression: CustomStringConvertible {
    /// `zstd:3`, or `zstd` for the default level.
    public var description: String {
        level.map { "\(codec.name):\($0)" } ?? codec.name
    }
}

extension CompressionCodec {
    /// Kafka's defaults; `nil` for a codec without levels.
    public var defaultLevel: Int? {
        switch self {
        case .none, .snappy: nil
        case .gzip: -1
        case .lz4: 9
        case .zstd: 3
        }
    }

    /// The levels that Kafka admits; `nil` for a codec without levels. gzip also takes −1, zlib's own
    /// default.
    public var levels: ClosedRange<Int>? {
        switch self {
        case .none, .snappy: nil
        case .gzip: 1...9
        case .lz4: 1...17
        case .zstd: Int(ZSTD_minCLevel())...Int(ZSTD_maxCLevel())
        }
    }

    func validate(level: Int) throws(RecordFormatError) {
        guard let levels, levels.contains(level) || level == defaultLevel else {
            throw .invalidLevel(self, level: level)
        }
    }
}
