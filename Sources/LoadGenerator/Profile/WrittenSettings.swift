import RecordFormat

/// The settings written in a profile of any version of Weir: names and values as text, not
/// validated. Saved results are compared by them.
public struct WrittenSettings: Hashable, Sendable {
    /// Values by the names that `--set` takes; settings of a consumer group by the group's place,
    /// as `consumers.0.members`. A codec and its level are one value, as `zstd:3`.
    public private(set) var values: [String: String] = [:]

    /// - Parameter source: the text's name in errors.
    public init(yaml: String, source: String) throws(ProfileError) {
        collect(try ProfileDocument(yaml: yaml, source: source).root, at: [])
        let level = values.removeValue(forKey: Self.compressionLevel)
        if let codec = values[Self.compressionType] {
            let hasLevel = level != nil && level != "null"
            set(Self.compressionType, to: hasLevel ? "\(codec):\(level!)" : codec)
        }
    }

    /// For results without a profile: settings from another file.
    public init(_ values: [String: String]) { self.values = values }

    /// The name of the setting of a column of `summary.csv` such as `set_compression_type`; the
    /// column's own name if there is no such setting.
    public func name(ofColumn column: String) -> String {
        values.keys.first { Sweep.columnName(of: $0) == column } ?? column
    }

    /// Adds the value that a variant of a sweep gives a setting.
    public mutating func set(_ name: String, to value: String) {
        values[name] = name == Self.compressionType ? Self.inOneForm(value) : value
    }

    /// `lz4` is short for `lz4:9`. Levels of zstd are compared most often, so they are always
    /// written.
    private static func inOneForm(_ codecAndLevel: String) -> String {
        let parts = codecAndLevel.split(separator: ":", maxSplits: 1).map(String.init)
        guard let codec = parts.first.flatMap(CompressionCodec.init(name:)),
            let standard = codec.defaultLevel
        else { return codecAndLevel }
        let level = parts.count > 1 ? parts[1] : "\(standard)"
        return codec != .zstd && level == "\(standard)" ? codec.name : "\(codec.name):\(level)"
    }

    /// Settings that do not affect what is measured, or that concern comparing itself.
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
        case .sequence(let nodes)
        where (path == ["consumers"] || path == ["producers"]) && !nodes.isEmpty:
            for (index, node) in nodes.enumerated() { collect(node, at: path + ["\(index)"]) }
        default:
            values[SettingName.shortened(path)] = YAMLText.flow(node)
        }
    }
}

extension WrittenSettings {
    /// The names of all settings in which some profiles differ, sorted, including settings that
    /// only some have.
    public static func differing(among all: [WrittenSettings]) -> [String] {
        let names = Set(all.flatMap(\.values.keys))
        return names.filter { name in Set(all.map { $0.values[name] }).count > 1 }.sorted()
    }

    /// The settings of those names, as in the name of a variant: `zstd:3,linger.ms=5ms`. Nil if
    /// none of them is written.
    public func label(of names: [String]) -> String? {
        let written = names.compactMap { name in
            values[name].map { Variant.Setting(path: name, value: $0) }
        }
        return written.isEmpty ? nil : Sweep.name(of: written)
    }
}
