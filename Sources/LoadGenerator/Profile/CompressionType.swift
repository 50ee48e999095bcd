/// temporary until RecordFormat is merged
public enum CompressionType: String, CaseIterable, Hashable, Sendable { case none, gzip, snappy, lz4, zstd }
