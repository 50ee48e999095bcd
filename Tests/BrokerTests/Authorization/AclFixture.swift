import KafkaProtocol

@testable import Broker

extension Acl {
    /// For all operations, of anybody, from anywhere, where nothing else is said.
    static func test(
        _ permissionType: AclPermissionType = .allow, _ operation: AclOperation = .all,
        _ resourceType: ResourceType = .topic, _ resourceName: String = wildcard,
        patternType: PatternType = .literal, principal: String = "User:ANONYMOUS",
        host: String = wildcard
    ) -> Acl {
        Acl(
            resourceType: resourceType, patternType: patternType, resourceName: resourceName,
            principal: principal, host: host, operation: operation,
            permissionType: permissionType)
    }
}

/// Settings of a broker that authorizes.
enum AuthorizerSettings {
    static let name = "authorizer.class.name"
    static let standard = [name: "org.apache.kafka.metadata.authorizer.StandardAuthorizer"]
    /// Whoever comes without saying who he is may do everything.
    static let everything = standard.merging(["super.users": "User:ANONYMOUS"]) { $1 }
}

extension TestBroker {
    func add(_ acls: Acl...) throws {
        let refusals = try broker.authorizer?.add(acls) ?? [.noAuthorizer]
        for refusal in refusals { if let refusal { throw refusal } }
    }
}

extension ErrorCode {
    static let ofAuthorization: Set<ErrorCode> = [
        .topicAuthorizationFailed, .groupAuthorizationFailed, .clusterAuthorizationFailed,
        .transactionalIDAuthorizationFailed,
    ]
}
