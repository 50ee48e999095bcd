import KafkaProtocol

/// What the ACLs of one pattern say of one principal: by host, the operations that are allowed and denied.
struct HostRules: Sendable {
    fileprivate struct Rule: Sendable {
        var allowed: OperationSet = []
        var denied: OperationSet = []
    }

    private var everywhere = Rule()
    /// By address, as sockets write it.
    private var byHost: [Substring: Rule] = [:]

    mutating func add(_ acl: Acl) {
        if acl.host == Acl.wildcard {
            everywhere.add(acl)
        } else {
            byHost[Self.normalized(acl.host)[...], default: Rule()].add(acl)
        }
    }

    /// Java writes addresses of IPv6 in another way than sockets do, and those of IPv4 may be written as such of IPv6.
    static func normalized(_ host: String) -> String {
        PlainAddress(host)?.text ?? host
    }

    /// Adds what is said of this operation from this host to `finding`.
    func find(_ operation: OperationSet, from host: Substring, _ finding: inout AclFinding) {
        everywhere.find(operation, &finding)
        if !byHost.isEmpty { byHost[host]?.find(operation, &finding) }
    }
}

extension HostRules.Rule {
    fileprivate mutating func add(_ acl: Acl) {
        if acl.permissionType == .allow {
            allowed.formUnion(.allowed(by: acl.operation))
        } else {
            denied.formUnion(.denied(by: acl.operation))
        }
    }

    fileprivate func find(_ operation: OperationSet, _ finding: inout AclFinding) {
        if denied.contains(operation) { finding.isDenied = true }
        if allowed.contains(operation) { finding.isAllowed = true }
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
