/// One configuration key: Kafka's name, what a value must look like, and the property it sets.
package struct ConfigKey<Config>: Sendable {
    package let name: String
    package let expected: String
    /// Whether a value is a password or a key: `read` then tells only that there is one.
    package let isSecret: Bool
    package let read: @Sendable (Config) -> String
    /// Sets the value; false when the text is not allowed.
    package let write: @Sendable (inout Config, String) -> Bool

    package init(
        name: String, expected: String, isSecret: Bool = false,
        read: @escaping @Sendable (Config) -> String,
        write: @escaping @Sendable (inout Config, String) -> Bool
    ) {
        self.name = name
        self.expected = expected
        self.isSecret = isSecret
        self.read = read
        self.write = write
    }

    /// The key as one of a configuration that contains this one.
    package func inside<Root>(
        _ path: WritableKeyPath<Root, Config> & Sendable
    ) -> ConfigKey<Root> {
        ConfigKey<Root>(
            name: name, expected: expected, isSecret: isSecret,
            read: { [read] in read($0[keyPath: path]) },
            write: { [write] in write(&$0[keyPath: path], $1) })
    }

    package static func integer(
        _ name: String, _ path: WritableKeyPath<Config, Int64> & Sendable,
        _ range: ClosedRange<Int64>
    ) -> ConfigKey {
        ConfigKey(
            name: name,
            expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            read: { String($0[keyPath: path]) },
            write: { config, text in
                guard let value = Int64(text), range.contains(value) else { return false }
                config[keyPath: path] = value
                return true
            })
    }

    package static func number(
        _ name: String, _ path: WritableKeyPath<Config, Double> & Sendable,
        _ range: ClosedRange<Double>
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "a number from \(range.lowerBound) to \(range.upperBound)",
            read: { String($0[keyPath: path]) },
            write: { config, text in
                guard let value = Double(text), range.contains(value) else { return false }
                config[keyPath: path] = value
                return true
            })
    }

    package static func flag(
        _ name: String, _ path: WritableKeyPath<Config, Bool> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "true or false",
            read: { String($0[keyPath: path]) },
            write: { config, text in
                guard let value = Bool(text) else { return false }
                config[keyPath: path] = value
                return true
            })
    }

    package static func choice<Choice: RawRepresentable & CaseIterable & SendableMetatype>(
        _ name: String, _ path: WritableKeyPath<Config, Choice> & Sendable
    ) -> ConfigKey where Choice.RawValue == String {
        ConfigKey(
            name: name,
            expected: Choice.allCases.map(\.rawValue).joined(separator: " or "),
            read: { $0[keyPath: path].rawValue },
            write: { config, text in
                guard let value = Choice(rawValue: text) else { return false }
                config[keyPath: path] = value
                return true
            })
    }
}
