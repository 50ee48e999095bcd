import KafkaProtocol
import NIOCore

/// What the ACLs of one pattern say: by principal and host, the operations that are allowed and denied.
struct PatternRules: Sendable {
    struct Rule: Sendable {
        /// An address as sockets write it, or `*`.
        let host: Substring
        let isForEveryHost: Bool
        var allowed: OperationSet = []
        var denied: OperationSet = []
    }

    private(set) var rules: [Principal: [Rule]] = [:]

    mutating func add(_ acl: Acl) {
        guard let principal = Principal(acl.principal) else { return }
        let host = Self.normalized(acl.host)
        var own = rules[principal] ?? []
        let place = own.firstIndex { $0.host == host } ?? own.count
        if place == own.count {
            own.append(Rule(host: host[...], isForEveryHost: host == Acl.wildcard))
        }
        if acl.permissionType == .allow {
            own[place].allowed.formUnion(.allowed(by: acl.operation))
        } else {
            own[place].denied.formUnion(.denied(by: acl.operation))
        }
        rules[principal] = own
    }

    /// Java writes addresses of IPv6 in another way than sockets do.
    private static func normalized(_ host: String) -> String {
        (try? SocketAddress(ipAddress: host, port: 0))?.ipAddress ?? host
    }

    /// Adds what is said of this operation by this client to `finding`.
    func find(_ operation: OperationSet, by client: AclClient, _ finding: inout AclFinding) {
        finding.hasAcls = true
        find(operation, of: client.principal, from: client.host, &finding)
        find(operation, of: Acl.everybody, from: client.host, &finding)
    }

    private func find(
        _ operation: OperationSet, of principal: Principal, from host: Substring,
        _ finding: inout AclFinding
    ) {
        guard let rules = rules[principal] else { return }
        for index in rules.indices where rules[index].isForEveryHost || rules[index].host == host {
            if rules[index].denied.contains(operation) { finding.isDenied = true }
            if rules[index].allowed.contains(operation) { finding.isAllowed = true }
        }
    }
}

/// Whoever wants something.
struct AclClient: Sendable {
    var principal: Principal
    /// His address as sockets write it.
    var host: Substring
}

/// What the ACLs about a resource say of one operation.
struct AclFinding: Equatable {
    /// There is some ACL about the resource, of whomever.
    var hasAcls = false
    var isAllowed = false
    var isDenied = false
}
