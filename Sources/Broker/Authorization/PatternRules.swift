import KafkaProtocol

/// What the ACLs of one pattern say: by principal and host, the operations that are allowed and denied.
struct PatternRules: Sendable {
    struct Rule: Sendable {
        var allowed: OperationSet = []
        var denied: OperationSet = []
    }

    /// Of one principal.
    struct HostRules: Sendable {
        var everywhere = Rule()
        /// By address, as sockets write it.
        var byHost: [Substring: Rule] = [:]
    }

    private(set) var rules: [Principal: HostRules] = [:]

    mutating func add(_ acl: Acl) {
        guard let principal = Principal(acl.principal) else { return }
        if acl.host == Acl.wildcard {
            rules[principal, default: HostRules()].everywhere.add(acl)
        } else {
            let host = Self.normalized(acl.host)[...]
            rules[principal, default: HostRules()].byHost[host, default: Rule()].add(acl)
        }
    }

    /// Java writes addresses of IPv6 in another way than sockets do, and those of IPv4 may be written as such of IPv6.
    static func normalized(_ host: String) -> String {
        PlainAddress(host)?.text ?? host
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
        rules.everywhere.find(operation, &finding)
        if !rules.byHost.isEmpty { rules.byHost[host]?.find(operation, &finding) }
    }
}

extension PatternRules.Rule {
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
