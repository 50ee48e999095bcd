/// What a comparison varies: a product of settings, or a list of variants.
///
/// The sweep of a `Profile` was validated: each variant can be run, and no two have the same
/// settings.
public struct Sweep: Hashable, Sendable {
    /// A setting of a product with the values that it takes.
    public struct Axis: Hashable, Sendable {
        public let path: String
        public let values: [String]
    }

    /// Bounds a sweep; more variants would take days.
    public static let maximumVariants = 1000
    /// Four against four are the fewest with which Mann–Whitney can show a difference.
    public static let defaultRepetitions = 5

    /// In the order in which they run; the last setting of a product changes first.
    public let variants: [Variant]
    /// Of a product; empty if the variants were listed.
    public let axes: [Axis]

    /// The paths of all settings that any variant sets, each once, in the order of first mention.
    public var paths: [String] {
        var paths: [String] = []
        for setting in variants.lazy.flatMap(\.settings) where !paths.contains(setting.path) {
            paths.append(setting.path)
        }
        return paths
    }

    /// The columns of `summary.csv` for `paths`, in their order.
    public var columnNames: [String] { paths.map(Self.columnName) }

    /// `set_` and the path, with `_` for every character that is neither letter nor digit.
    public static func columnName(of path: String) -> String {
        let words = path.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
        return "set_" + words.joined(separator: "_")
    }

    init(variants: [Variant]) {
        self.variants = variants
        axes = []
    }

    /// - Precondition: no axis is empty, and the product is at most `maximumVariants`.
    init(product axes: [Axis]) {
        self.axes = axes
        // A value that all variants have tells none apart.
        let varied = axes.filter { $0.values.count > 1 }
        let named = varied.isEmpty ? axes : varied
        let labels = axes.map { named.contains($0) ? Self.labels(of: $0, among: named) : nil }
        var choices: [[Int]] = [[]]
        for axis in axes {
            choices = choices.flatMap { choice in axis.values.indices.map { choice + [$0] } }
        }
        variants = choices.map { choice in
            Variant(
                name: zip(labels, choice).compactMap { $0?[$1] }.joined(separator: ","),
                settings: zip(axes, choice).map { .init(path: $0.path, value: $0.values[$1]) })
        }
    }
}

extension Sweep {
    /// A setting in a variant's name: the value alone if that is clear, else `linger.ms=5ms`. All
    /// values of a setting have the same form.
    private static func labels(of axis: Axis, among axes: [Axis]) -> [String] {
        let others = axes.filter { $0.path != axis.path }.flatMap(\.values)
        let isClear =
            axis.values.allSatisfy(isWord) && !axis.values.contains(where: others.contains)
            || axis.values.allSatisfy(isSize) && !others.contains(where: isSize)
        return isClear ? axis.values : axis.values.map { label(axis.path, $0) }
    }

    /// The name of a variant that was written without one.
    static func name(of settings: [Variant.Setting]) -> String {
        if settings.isEmpty { return Variant.default.name }
        let axes = settings.map { Axis(path: $0.path, values: [$0.value]) }
        return axes.flatMap { labels(of: $0, among: axes) }.joined(separator: ",")
    }

    private static func label(_ path: String, _ value: String) -> String { "\(path)=\(value)" }

    /// `zstd:3`, `sticky`: words that identify their setting.
    private static func isWord(_ value: String) -> Bool {
        value.first?.isLetter == true && !["true", "false", "null", "max"].contains(value)
    }

    /// `64KiB`.
    private static func isSize(_ value: String) -> Bool {
        value.first?.isNumber == true && value.hasSuffix("B")
    }
}
