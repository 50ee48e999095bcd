/// One of the alternatives of a comparison: a name and the settings that define it.
public struct Variant: Hashable, Sendable {
    /// A setting with the value that the variant gives it.
    public struct Setting: Hashable, Sendable {
        /// Its name after `--set`: one of Kafka's keys by its own name (`batch.size`), any other by
        /// its full path (`producers.count`).
        public let path: String
        /// The value as it was written, `zstd:3` or `64KiB`; values of more than one word are YAML
        /// in flow style.
        public let value: String

        /// The column of `summary.csv` that holds the value: `set_batch_size`.
        public var columnName: String { Sweep.columnName(of: path) }
    }

    /// Unique in its sweep.
    public let name: String
    /// In the order in which they are applied. Empty: the profile's own settings.
    public let settings: [Setting]

    /// The variant of a profile without a sweep.
    public static let `default` = Variant(name: "default", settings: [])

    /// `path=value` for each setting, as `--set` and `Profile(contentsOf:overrides:)` take them.
    public var overrides: [String] { settings.map { "\($0.path)=\($0.value)" } }
}
