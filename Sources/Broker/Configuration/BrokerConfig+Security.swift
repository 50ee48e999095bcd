import Security
import SettingKeys

/// Kafka's settings of TLS and of logins: for all listeners, and for one of them under `listener.name.NAME.`.
extension BrokerConfig {
    static let securityKeys: [ConfigKey<BrokerConfig>] = ListenerSecurity.table.map {
        $0.key.inside(\.security)
    }

    static let listenerPrefix = "listener.name."

    /// Whether the value is a password or a key, which no error and no answer shows.
    static func isSecret(_ name: String) -> Bool {
        secretNames.contains(name)
            || name.hasPrefix(listenerPrefix)
                && secretNames.contains { name.hasSuffix("." + $0) }
    }

    private static let listenerTable = ListenerSecurity.table + ListenerSecurity.ofOneListener
    private static let secretNames = Set(listenerTable.map(\.key).filter(\.isSecret).map(\.name))

    func security(of listener: String) -> ListenerSecurity {
        listenerSecurity[listener] ?? security
    }

    /// TLS of the listener of this name. As in Kafka, `ssl.client.auth` of all listeners does not hold for those
    /// where clients log in.
    func ssl(of listener: String) -> SSLSettings {
        var settings = security(of: listener).ssl
        if isClientAuthLeftOut(of: listener) { settings.clientAuth = .none }
        return settings
    }

    private func isClientAuthLeftOut(of listener: String) -> Bool {
        securityProtocol(of: listener) == .saslSSL && !listenersWithClientAuth.contains(listener)
            && security.ssl.clientAuth != .none
    }

    /// A sentence about each listener for which `ssl.client.auth` does not hold.
    func clientAuthWarnings() -> [String] {
        listeners.map(\.name).filter(isClientAuthLeftOut).map {
            "ssl.client.auth does not hold for \($0), which is SASL_SSL: to ask for certificates there, too, "
                + "set \(Self.listenerPrefix)\($0.lowercased()).ssl.client.auth"
        }
    }

    /// Without a trust store of its own a listener would let in whoever has a certificate of any public authority.
    func validateClientAuth(of listener: ListenerName) throws(BrokerConfigError) {
        let clientAuth = ssl(of: listener.name).clientAuth
        guard clientAuth != .none else { return }
        throw BrokerConfigError(
            origin: "listeners",
            reason:
                "\(listener.name) has ssl.client.auth=\(clientAuth.rawValue), and nothing says whose "
                + "certificates are trusted: set ssl.truststore.location")
    }

    /// Whether there is a listener that lets in only those who show who they are.
    var asksSomewhere: Bool { listeners.contains { asksWho(comesTo: $0.name) } }

    /// Refuses a listener at which nobody could log in.
    func validateLogin(of listener: ListenerName) throws(BrokerConfigError) {
        let sasl = security(of: listener.name).sasl
        let prefix = Self.listenerPrefix + listener.name.lowercased() + "."
        guard !sasl.enabledMechanisms.isEmpty else {
            throw BrokerConfigError(
                origin: "listeners",
                reason: "\(listener.name) wants a login: set sasl.enabled.mechanisms to some of "
                    + SaslMechanism.allCases.map(\.rawValue).joined(separator: ", "))
        }
        if sasl.enabledMechanisms.contains(.plain), sasl.plainUsers.isEmpty {
            throw BrokerConfigError(
                origin: "listeners",
                reason: "\(listener.name) has the mechanism PLAIN and no users: set \(prefix)"
                    + "plain.sasl.jaas.config to org.apache.kafka.common.security.plain."
                    + "PlainLoginModule required user_NAME=\"password\";")
        }
        guard sasl.enabledMechanisms.contains(.oauthBearer) else { return }
        do throws(SaslFailure) {
            _ = try sasl.keySource()
        } catch {
            throw BrokerConfigError(
                origin: "listeners",
                reason: "\(listener.name) has the mechanism OAUTHBEARER: \(error)")
        }
    }

    /// Whether a listener lets in only those who show who they are.
    func asksWho(comesTo listener: String) -> Bool {
        guard let securityProtocol = securityProtocol(of: listener) else { return false }
        return securityProtocol.authenticates
            || securityProtocol.encrypts && ssl(of: listener).clientAuth == .required
    }

    /// Applies what is written for single listeners over what holds for all.
    mutating func applyListenerSettings(
        _ settings: [WrittenSetting]
    ) throws(BrokerConfigError) -> [String] {
        var warnings: [String] = []
        for setting in settings where setting.key.hasPrefix(Self.listenerPrefix) {
            let rest = setting.key.dropFirst(Self.listenerPrefix.count)
            let named = (listeners.map(\.name) + controllerListenerNames)
                .filter { rest.hasPrefix($0.lowercased() + ".") }
                .max { $0.utf8.count < $1.utf8.count }
            guard let listener = named else {
                throw BrokerConfigError(
                    origin: setting.origin,
                    reason: "\(setting.key) is of no listener among listeners; a name is in lower "
                        + "case there")
            }
            let key = String(rest.dropFirst(listener.utf8.count + 1))
            guard !controllerListenerNames.contains(listener) else { continue }
            if let known = Self.listenerTable.first(where: { $0.key.name == key })?.key {
                guard known.write(&listenerSecurity[listener, default: security], setting.value)
                else {
                    throw setting.invalid(known.expected)
                }
                if key == "ssl.client.auth" { listenersWithClientAuth.insert(listener) }
            } else if let limit = ListenerLimits.keys.first(where: { $0.name == key }) {
                guard
                    limit.write(&listenerLimits[listener, default: ListenerLimits()], setting.value)
                else {
                    throw setting.invalid(limit.expected)
                }
            } else if KafkaOnlyKeys.contains(key) {
                warnings.append("\(setting.origin): \(setting.key) has no meaning here")
            } else {
                throw BrokerConfigError(
                    origin: setting.origin,
                    reason: "a listener has no setting '\(key)'"
                        + NearestName.hint(
                            for: key,
                            among: Self.listenerTable.map(\.key.name)
                                + ListenerLimits.keys.map(\.name)))
            }
        }
        return warnings
    }

    /// A password in an argument is seen by everybody on the machine.
    static func refuseSecret(onCommandLine setting: WrittenSetting) throws(BrokerConfigError) {
        guard setting.origin == "--set", isSecret(setting.key) else { return }
        throw BrokerConfigError(
            origin: "--set",
            reason:
                "\(setting.key) is a secret, and arguments are seen by all users of the machine (ps): put "
                + "it into the file of --config, or with --settings-from-environment into "
                + EnvironmentSettings.variable(for: setting.key))
    }
}
