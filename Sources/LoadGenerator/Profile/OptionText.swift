/// The value of an option that a profile is read with, and how the user wrote it, which errors name.
///
/// `--rate fast` is `producers.rate=fast`, but its errors say `--rate fast`.
public struct OptionText: Hashable, Sendable, ExpressibleByStringInterpolation {
    /// As `--set`, `--vary` or `--threshold` takes it.
    public let text: String
    /// The option with its value, as it was typed; nil for that option itself.
    public let origin: String?
    /// Whether it comes from where passwords may be, a file or the environment, of which `origin` has no
    /// value then.
    let mayHaveSecrets: Bool

    public init(_ text: String, origin: String? = nil) {
        self.init(text, origin: origin, mayHaveSecrets: false)
    }

    init(_ text: String, origin: String?, mayHaveSecrets: Bool) {
        self.text = text
        self.origin = origin
        self.mayHaveSecrets = mayHaveSecrets
    }

    /// Whether it sets a secret of the client.
    public var isSecret: Bool {
        let name = text.prefix { $0 != "=" }
        return mayHaveSecrets && KafkaSettings.isSecret(String(name))
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
