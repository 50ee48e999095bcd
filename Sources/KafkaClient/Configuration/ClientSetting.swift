internal import Security
import SettingKeys

/// One setting of the client: Kafka's name, the values it takes, and what it means.
public struct ClientSetting: Sendable {
    let key: ConfigKey<ClientSettings>
    /// One sentence.
    public let meaning: String

    init(_ key: ConfigKey<ClientSettings>, _ meaning: String) {
        self.key = key
        self.meaning = meaning
    }

    public var name: String { key.name }
    /// The values that are allowed, such as `true or false`.
    public var expected: String { key.expected }
    /// Whether the value is a password or a key, which nothing shows or stores.
    public var isSecret: Bool { key.isSecret }
    /// Whether it says what the program may do, so that only whoever runs it may say so; then it is a secret, too.
    public var isPermission: Bool { name == OAuthBearerSettings.allowedURLsName }
    /// Whether `text` is one of these values.
    public func accepts(_ text: String) -> Bool {
        var settings = ClientSettings()
        return key.write(&settings, text)
    }

    /// The value where nobody sets one; empty where there is none.
    public var defaultValue: String { key.read(ClientSettings()) }
}

/// The range of times and sizes that are positive 32-bit numbers in Kafka.
let positiveInt32 = 1...Int64(Int32.max)
/// The range of those that may be 0.
let nonNegativeInt32 = 0...Int64(Int32.max)

extension ConfigKey<ClientSettings> {
    static func text(
        _ name: String, _ path: WritableKeyPath<ClientSettings, String> & Sendable,
        expected: String, isAllowed: @escaping @Sendable (String) -> Bool
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: expected, read: { $0[keyPath: path] },
            write: { settings, text in
                guard isAllowed(text) else { return false }
                settings[keyPath: path] = text
                return true
            })
    }
}
