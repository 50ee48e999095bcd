/// One of the alternatives that a comparison runs: a name and the settings that make it.
public struct Variant: Hashable, Sendable {
    /// A setting with the value that the variant gives it.
    public struct Setting: Hashable, Sendable {
        /// As it is written after `--set`: one of Kafka's keys by its own name (`batch.size`),
        /// anything else by its full path (`producers.count`).
        public let path: String
        /// The value as it was written, `zstd:3` or `64KiB`; what is not one word is YAML in flow
        /// style.
        public let value: String

        /// The column of `summary.csv` that holds the value: `set_batch_size`.
        public var columnName: String { Sweep.columnName(of: path) }
    }

    /// Unique in its sweep.
    public let name: String
    /// In the order in which they are applied. Empty: the profile's own settings.
    public let settings: [Setting]

    /// What runs where nothing is varied.
    public static let `default` = Variant(name: "default", settings: [])

    /// `path=value` for each setting, as `--set` and `Profile(contentsOf:overrides:)` take them.
    public var overrides: [String] { settings.map { "\($0.path)=\($0.value)" } }
}
