import SettingKeys

/// Kafka's settings of its authorizer.
extension BrokerConfig {
    static let authorizationKeys: [ConfigKey<BrokerConfig>] = [
        .authorizer("authorizer.class.name", \.authorizerClassName),
        .principals("super.users", \.superUsers),
        .boolean("allow.everyone.if.no.acl.found", \.allowEveryoneIfNoAclFound),
        .integer("weir.max.acls", \.maxAcls, 0...1_000_000),
    ]

    /// Whether what clients do is checked against ACLs.
    var authorizes: Bool { !authorizerClassName.isEmpty }

    /// Kafka's own, of Kafka 4 and of earlier versions.
    static let authorizers = [
        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "kafka.security.authorizer.AclAuthorizer",
    ]
}

extension ConfigKey<BrokerConfig> {
    fileprivate static func authorizer(
        _ name: String, _ path: WritableKeyPath<BrokerConfig, String> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name,
            expected: BrokerConfig.authorizers.joined(separator: " or ")
                + ", which mean the same, or nothing; classes of others cannot be loaded",
            read: { $0[keyPath: path] },
            write: { config, text in
                guard text.isEmpty || BrokerConfig.authorizers.contains(text) else { return false }
                config[keyPath: path] = text
                return true
            })
    }

    /// With semicolons between, since the names of certificates have commas.
    fileprivate static func principals(
        _ name: String, _ path: WritableKeyPath<BrokerConfig, [Principal]> & Sendable
    ) -> ConfigKey {
        ConfigKey(
            name: name, expected: "principals with semicolons between, such as User:alice;User:bob",
            read: { $0[keyPath: path].map(\.description).joined(separator: ";") },
            write: { config, text in
                var principals: [Principal] = []
                for part in text.split(separator: ";") {
                    let name = part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
                    if name.isEmpty { continue }
                    guard let principal = Principal(String(name)) else { return false }
                    principals.append(principal)
                }
                config[keyPath: path] = principals
                return true
            })
    }
}
