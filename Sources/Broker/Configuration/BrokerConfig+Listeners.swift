import Security

/// What Kafka's listener settings say together: which listeners are the controllers', and what
/// security protocol each of the others has.
extension BrokerConfig {
    /// Leaves out the listeners of the controllers, which a KRaft node names beside its own: there
    /// is no controller here. Returns a sentence about each.
    mutating func leaveOutControllers() -> [String] {
        let names = Set(controllerListenerNames)
        let leftOut = listeners.filter { names.contains($0.name) }
        listeners.removeAll { names.contains($0.name) }
        advertisedListeners.removeAll { names.contains($0.name) }
        return leftOut.map {
            "\($0.text) is a listener of controllers, and left out: there is no quorum here"
        }
    }

    func validateListeners() throws(BrokerConfigError) {
        if listeners.isEmpty {
            throw BrokerConfigError(
                origin: "listeners",
                reason: "there must be at least one that is not the controllers'")
        }
        for listener in listeners {
            guard let securityProtocol = securityProtocol(of: listener.name) else {
                throw BrokerConfigError(
                    origin: "listeners",
                    reason:
                        "listener.security.protocol.map does not say what \(listener.name) speaks")
            }
            if securityProtocol.encrypts, !ssl(of: listener.name).hasKeyStore {
                throw BrokerConfigError(
                    origin: "listeners",
                    reason:
                        "\(listener.name) is \(securityProtocol.rawValue), and there is no key: "
                        + "set ssl.keystore.location")
            }
            if securityProtocol.encrypts, !ssl(of: listener.name).hasTrustStore {
                try validateClientAuth(of: listener)
            }
            if securityProtocol.authenticates { try validateLogin(of: listener) }
        }
        for listener in advertisedListeners {
            if !listeners.contains(where: { $0.name == listener.name }) {
                throw BrokerConfigError(
                    origin: "advertised.listeners",
                    reason: "there is no listener \(listener.name) among listeners")
            }
            if listener.endpoint.isWildcard {
                throw BrokerConfigError(
                    origin: "advertised.listeners",
                    reason: "clients cannot connect to \(listener.endpoint): name a host")
            }
        }
    }

    /// The security protocol of a listener, from the map or from a name that is a protocol's; nil
    /// where neither says.
    func securityProtocol(of name: String) -> SecurityProtocol? {
        SecurityProtocol(rawValue: securityProtocols[name] ?? name)
    }

    static let securityProtocolNames = Set(SecurityProtocol.allCases.map(\.rawValue))
}
