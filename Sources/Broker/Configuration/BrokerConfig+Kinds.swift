import SettingKeys

// The kinds of values that the broker's settings have, beside those that all settings share.

extension ConfigKey<BrokerConfig> {
    static func boolean(
        _ name: String, _ path: WritableKeyPath<BrokerConfig, Bool> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "true or false",
            read: { $0[keyPath: path] ? "true" : "false" },
            write: { config, text in
                guard let value = Bool(text.lowercased()) else { return false }
                config[keyPath: path] = value
                return true
            })
    }

    static func listeners(
        _ name: String, _ path: WritableKeyPath<BrokerConfig, [ListenerName]> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name,
            expected: "NAME://host:port, or several of different names with commas between",
            read: { $0[keyPath: path].map(\.text).joined(separator: ",") },
            write: { config, text in
                guard let listeners = ListenerName.list(text),
                    Set(listeners.map(\.name)).count == listeners.count
                else { return false }
                config[keyPath: path] = listeners
                return true
            })
    }

    static func listenerNames(
        _ name: String, _ path: WritableKeyPath<BrokerConfig, [String]> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "names of listeners with commas between",
            read: { $0[keyPath: path].joined(separator: ",") },
            write: { config, text in
                config[keyPath: path] = ListenerName.parts(text).map(ListenerName.normalized)
                return true
            })
    }

    /// `NAME:PROTOCOL` with commas between.
    static func securityProtocols(
        _ name: String, _ path: WritableKeyPath<BrokerConfig, [String: String]> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name,
            expected: "NAME:PROTOCOL with commas between, of the protocols "
                + BrokerConfig.securityProtocolNames.sorted().joined(separator: ", "),
            read: { config in
                config[keyPath: path].sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
                    .joined(separator: ",")
            },
            write: { config, text in
                var protocols: [String: String] = [:]
                for part in ListenerName.parts(text) {
                    let pair = part.split(separator: ":", omittingEmptySubsequences: false)
                    guard pair.count == 2, !pair[0].isEmpty else { return false }
                    let name = ListenerName.normalized(pair[0])
                    let securityProtocol = pair[1].uppercased()
                    guard BrokerConfig.securityProtocolNames.contains(securityProtocol),
                        protocols.updateValue(securityProtocol, forKey: name) == nil
                    else { return false }
                }
                config[keyPath: path] = protocols
                return true
            })
    }

    /// The broker's assignors, each by its name or by that of Kafka's class.
    static func assignors(
        _ name: String, _ path: WritableKeyPath<BrokerConfig, [ServerAssignor]> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "uniform, range, or both with a comma between",
            read: { $0[keyPath: path].map(\.rawValue).joined(separator: ",") },
            write: { config, text in
                let names = ListenerName.parts(text)
                let assignors = names.compactMap { ServerAssignor(setting: $0) }
                guard !assignors.isEmpty, assignors.count == names.count,
                    Set(assignors).count == assignors.count
                else { return false }
                config[keyPath: path] = assignors
                return true
            })
    }

    static func directory(
        _ name: String, _ path: WritableKeyPath<BrokerConfig, String> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "one directory",
            read: { $0[keyPath: path] },
            write: { config, text in
                guard !text.isEmpty, !text.contains(",") else { return false }
                config[keyPath: path] = text
                return true
            })
    }
}

extension ServerAssignor {
    fileprivate init?(setting: String) {
        let prefix = "org.apache.kafka.coordinator.group.assignor."
        switch setting {
        case "uniform", prefix + "UniformAssignor": self = .uniform
        case "range", prefix + "RangeAssignor": self = .range
        default: return nil
        }
    }
}
