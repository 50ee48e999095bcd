/// The value of an option that a profile is read with, and how the user wrote it, which errors name.
///
/// `--rate fast` is `producers.rate=fast`, but its errors say `--rate fast`.
public struct OptionText: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// As `--set`, `--vary` or `--threshold` takes it.
    public let text: String
    /// The option with its value, as it was typed; nil for that option itself.
    public let origin: String?

    public init(_ text: String, origin: String? = nil) {
        self.text = text
        self.origin = origin
    }

    public init(stringLiteral value: String) { self.init(value) }

    /// A setting that has an option of its own, such as `--rate`; nil without a value.
    public static func setting(_ key: String, _ value: String?, option: String) -> [OptionText] {
        guard let value else { return [] }
        return [OptionText("\(key)=\(value)", origin: "\(option) \(value)")]
    }

    /// Whether it is a variable `WEIR_SET_…`.
    public var isOfEnvironment: Bool { origin?.hasPrefix(EnvironmentOptions.prefix) ?? false }

    func place(_ option: String) -> Place { Place(source: origin ?? "\(option) \(text)") }
}
