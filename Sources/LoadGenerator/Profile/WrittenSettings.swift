import RecordFormat

/// The settings that a profile has written down, whatever version of Weir wrote them: names and
/// values as text, nothing validated. For telling saved profiles apart.
public struct WrittenSettings: Hashable, Sendable {
    /// Values by the names that `--set` takes; what a group of consumers sets is by the group's place,
    /// as `consumers.0.members`. A codec and its level are one, as `zstd:3`.
    public private(set) var values: [String: String] = [:]

    /// - Parameter source: what errors call the text.
    public init(yaml: String, source: String) throws(ProfileError) {
        collect(try ProfileDocument(yaml: yaml, source: source).root, at: [])
        let level = values.removeValue(forKey: Self.compressionLevel)
        if let codec = values[Self.compressionType] {
            let hasLevel = level != nil && level != "null"
            set(Self.compressionType, to: hasLevel ? "\(codec):\(level!)" : codec)
        }
    }

    /// For where there is no profile: what another file says of the settings.
    public init(_ values: [String: String]) { self.values = values }

    /// The name of the setting that a column of `summary.csv` such as `set_compression_type` holds;
    /// the column's own where it stands for none that is written.
    public func name(ofColumn column: String) -> String {
        values.keys.first { Sweep.columnName(of: $0) == column } ?? column
    }

    /// Takes the value that a variant of a sweep gives a setting.
    public mutating func set(_ name: String, to value: String) {
        values[name] = name == Self.compressionType ? Self.inOneForm(value) : value
    }

    /// `lz4` is `lz4:9` said in fewer words. Levels of zstd are what is compared most: they are
    /// always said.
    private static func inOneForm(_ codecAndLevel: String) -> String {
        let parts = codecAndLevel.split(separator: ":", maxSplits: 1).map(String.init)
        guard let codec = parts.first.flatMap(CompressionCodec.init(name:)),
            let standard = codec.defaultLevel
        else { return codecAndLevel }
        let level = parts.count > 1 ? parts[1] : "\(standard)"
        return codec != .zstd && level == "\(standard)" ? codec.name : "\(codec.name):\(level)"
    }

    /// What makes no difference to what is measured, or is about comparing itself.
    private static let ignored: Set<String> = ["name", "description", "data.dir"]
    private static let compressionType = SettingName.shortened(
        ProfileDocument.compressionTypePath)
    private static let compressionLevel = "compression.level"

    private mutating func collect(_ node: ProfileDocument.Node, at path: [String]) {
        if let section = path.first,
            Self.ignored.contains(section) || SettingName.ofComparisons.contains(section)
        {
            return
        }
        switch node.content {
        case .mapping(let entries) where !entries.isEmpty:
            for entry in entries { collect(entry.value, at: path + [entry.key]) }
        case .sequence(let nodes) where path == ["consumers"] && !nodes.isEmpty:
            for (index, node) in nodes.enumerated() { collect(node, at: path + ["\(index)"]) }
        default:
            values[SettingName.shortened(path)] = YAMLText.flow(node)
        }
    }
}

extension WrittenSettings {
    /// The names of all settings in which some differ, sorted. One that is written in some only
    /// differs, too.
    public static func differing(among all: [WrittenSettings]) -> [String] {
        let names = Set(all.flatMap(\.values.keys))
        return names.filter { name in Set(all.map { $0.values[name] }).count > 1 }.sorted()
    }

    /// The settings of those names, as the name of a variant says them: `zstd:3,linger.ms=5ms`. Nil
    /// where none of them is written.
    public func label(of names: [String]) -> String? {
        let written = names.compactMap { name in
            values[name].map { Variant.Setting(path: name, value: $0) }
        }
        return written.isEmpty ? nil : Sweep.name(of: written)
    }
}
