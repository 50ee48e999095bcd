import RecordFormat
import SettingKeys

/// `compression.type: zstd:3`, short for a type and a level. It is split before settings are read,
/// so that it may be written wherever the type may.
extension ProfileDocument {
    static let compressionTypePath = ["producers", "config", "compression.type"]
    private static let compressionLevelPath = ["producers", "config", "compression.level"]

    /// Splits a type with a level into two settings.
    ///
    /// A malformed one, and one with another level beside it, are left for `ValueForm.codec` to
    /// refuse.
    /// - Parameter replacesLevel: whether it replaces an existing level, as an option replaces what
    ///   the file says.
    mutating func splitCompressionType(replacesLevel: Bool) {
        guard let type = root.node(at: Self.compressionTypePath[...]),
            case .scalar(let text, _) = type.content,
            let compression = Compression(typeAndLevel: text), let level = compression.level
        else { return }
        let other = root.node(at: Self.compressionLevelPath[...])
        guard replacesLevel || other?.isNull ?? true else { return }
        func scalar(_ text: String) -> Node {
            Node(content: .scalar(text, isPlain: true), place: type.place)
        }
        root.set(
            scalar(compression.codec.name), at: Self.compressionTypePath[...], place: type.place)
        root.set(scalar("\(level)"), at: Self.compressionLevelPath[...], place: type.place)
    }
}

extension Compression {
    /// Reads `zstd:3`; nil for anything else, a codec without levels included.
    init?(typeAndLevel text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let codec = CompressionCodec(name: String(parts[0])),
            codec.levels != nil, let level = Int(parts[1])
        else { return nil }
        self.init(codec, level: level)
    }
}

extension ValueForm where Value == CompressionCodec {
    /// A codec alone; one with a level was split before.
    static var codec: ValueForm {
        let names = ValueForm<String>.oneOf(CompressionCodec.allCases.map(\.name))
        return ValueForm(
            name: names.name + "; with a level as zstd:3",
            parse: { node throws(ProfileError) in
                if case .scalar(let text, _) = node.content, text.contains(":") {
                    throw misplacedLevel(text, at: node.place)
                }
                return CompressionCodec(name: try names.parse(node)) ?? .none
            }, print: { $0.name })
    }

    private static func misplacedLevel(_ text: String, at place: Place) -> ProfileError {
        let name = String(text.prefix { $0 != ":" })
        if Compression(typeAndLevel: text) != nil {
            return ProfileError(
                "'\(text)' and compression.level both give a level; keep one of them",
                at: place)
        }
        guard let codec = CompressionCodec(name: name) else {
            let names = CompressionCodec.allCases.map(\.name)
            guard let nearest = NearestName.of(name, among: names) else {
                return ProfileError(
                    "'\(name)' is not a codec" + NearestName.hint(for: name, among: names),
                    at: place)
            }
            let level = text.dropFirst(name.count + 1)
            let meant = Compression(typeAndLevel: "\(nearest):\(level)")
            let isWhole = meant.map { $0.codec.levels?.contains($0.level ?? 0) == true } ?? false
            return ProfileError(
                "'\(name)' is not a codec", at: place,
                suggesting: [isWhole ? "\(nearest):\(level)" : nearest])
        }
        guard let levels = codec.levels else {
            return ProfileError("\(name) has no levels", at: place, suggesting: [name])
        }
        return ProfileError(
            "expected a level after '\(name):', \(levels.lowerBound) to \(levels.upperBound), not "
                + "'\(text.dropFirst(name.count + 1).prefix(60))'", at: place)
    }
}
