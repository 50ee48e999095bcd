public import RecordFormat
import SettingKeys

/// With which codec a topic's batches are stored: Kafka's `compression.type` and the keys of the levels.
public struct CompressionConfig: Sendable, Equatable {
    public enum Kind: String, CaseIterable, Sendable {
        /// As they came.
        case producer
        case uncompressed
        case gzip
        case snappy
        case lz4
        case zstd
    }

    public var kind: Kind = .producer
    public var gzipLevel = Int64(CompressionCodec.gzip.defaultLevel ?? 0)
    public var lz4Level = Int64(CompressionCodec.lz4.defaultLevel ?? 0)
    public var zstdLevel = Int64(CompressionCodec.zstd.defaultLevel ?? 0)

    public init() {}

    /// What batches of another codec are re-encoded with; nil where they stay as they come.
    public var target: Compression? {
        switch kind {
        case .producer: nil
        case .uncompressed: Compression.none
        case .gzip: .gzip(Int(gzipLevel))
        case .snappy: .snappy
        case .lz4: .lz4(Int(lz4Level))
        case .zstd: .zstd(Int(zstdLevel))
        }
    }

    static let keys: [ConfigKey<LogConfig>] = [
        .choice("compression.type", \.compression.kind),
        level("compression.gzip.level", \.compression.gzipLevel, .gzip),
        level("compression.lz4.level", \.compression.lz4Level, .lz4),
        level("compression.zstd.level", \.compression.zstdLevel, .zstd),
    ]

    private static func level(
        _ name: String, _ path: WritableKeyPath<LogConfig, Int64> & Sendable,
        _ codec: CompressionCodec
    ) -> ConfigKey<LogConfig> {
        let levels = codec.levels ?? 0...0
        let other = codec.defaultLevel.flatMap { levels.contains($0) ? nil : $0 }
        return ConfigKey(
            name: name,
            expected: "a whole number from \(levels.lowerBound) to \(levels.upperBound)"
                + (other.map { ", or \($0)" } ?? ""),
            read: { String($0[keyPath: path]) },
            write: { config, text in
                guard let level = Int(text), levels.contains(level) || level == other else {
                    return false
                }
                config[keyPath: path] = Int64(level)
                return true
            })
    }
}
