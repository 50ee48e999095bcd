import SettingKeys

/// How many connections one listener takes, under `listener.name.NAME.`.
struct ListenerLimits: Sendable, Equatable {
    /// Kafka's default: there is no limit.
    static let unlimited = Int64(Int32.max)

    var maxConnections = unlimited
    var maxConnectionCreationRate = unlimited

    static let keys: [ConfigKey<ListenerLimits>] = [
        .integer("max.connections", \.maxConnections, 1...unlimited),
        .integer("max.connection.creation.rate", \.maxConnectionCreationRate, 1...unlimited),
    ]

    static let texts: [String: SettingText] = [
        "max.connections": SettingText(.int, "The most connections of this listener at a time."),
        "max.connection.creation.rate": SettingText(
            .int, "The most connections a second that this listener accepts."),
    ]
}

extension BrokerConfig {
    /// So many connections the listener for administrators has where its `max.connections` is not set.
    private static let standardAdminConnections = 32

    var adminListenerMaxConnections: Int {
        let limit = listenerLimits[adminListenerName]?.maxConnections ?? ListenerLimits.unlimited
        return limit == ListenerLimits.unlimited ? Self.standardAdminConnections : Int(limit)
    }

    /// Refuses a listener for administrators that there is not, or that would be the only one.
    func validateAdminListener() throws(BrokerConfigError) {
        guard !adminListenerName.isEmpty else { return }
        guard listeners.contains(where: { $0.name == adminListenerName }) else {
            throw BrokerConfigError(
                origin: "weir.admin.listener.name",
                reason: "there is no listener \(adminListenerName) among listeners")
        }
        guard listeners.count > 1 else {
            throw BrokerConfigError(
                origin: "weir.admin.listener.name",
                reason: "\(adminListenerName) is the only listener: clients need another one")
        }
    }
}

extension ConfigKey<BrokerConfig> {
    /// Numbers of connections by address.
    static func connectionsByAddress(
        _ name: String, _ path: WritableKeyPath<BrokerConfig, [String: Int]> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "ADDRESS:COUNT with commas between; an address is numeric",
            read: { config in
                config[keyPath: path].sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }
                    .joined(separator: ",")
            },
            write: { config, text in
                var counts: [String: Int] = [:]
                for part in ListenerName.parts(text) {
                    guard let colon = part.lastIndex(of: ":"),
                        let count = Int32(part[part.index(after: colon)...]), count >= 0,
                        let address = PlainAddress(String(part[..<colon])),
                        counts.updateValue(Int(count), forKey: address.text) == nil
                    else { return false }
                }
                config[keyPath: path] = counts
                return true
            })
    }

    /// The name of one listener, or none.
    static func listenerName(
        _ name: String, _ path: WritableKeyPath<BrokerConfig, String> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "the name of a listener",
            read: { $0[keyPath: path] },
            write: { config, text in
                config[keyPath: path] = ListenerName.normalized(text)
                return true
            })
    }
}
