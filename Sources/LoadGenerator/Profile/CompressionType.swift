/// temporary until RecordFormat is merged
public enum CompressionType: String, CaseIterable, Hashable, Sendable {
    case none, gzip, snappy, lz4, zstd
    var levels: ClosedRange<Int>? {
        switch self {
        case .none, .snappy: nil
        case .gzip: 1...9
        case .lz4: 1...17
        case .zstd: -131072...22
        }
    }
}
