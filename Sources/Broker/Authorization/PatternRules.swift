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
    /// The same by the numbers of the principals, in their order, once it is complete.
    private var ofNumbers: [(number: Int32, rules: HostRules)] = []
    private var ofEverybody: HostRules?

    mutating func add(_ acl: Acl) {
        guard let principal = Principal(acl.principal) else { return }
        if acl.host == Acl.wildcard {
            rules[principal, default: HostRules()].everywhere.add(acl)
        } else {
            let host = Self.normalized(acl.host)[...]
            rules[principal, default: HostRules()].byHost[host, default: Rule()].add(acl)
        }
    }

    /// The rules complete: to be asked with the numbers of principals.
    func numbered(by numbers: [Principal: Int32]) -> PatternRules {
        var result = self
        result.ofEverybody = rules[Acl.everybody]
        result.ofNumbers = rules.compactMap { principal, rules in
            numbers[principal].map { (number: $0, rules: rules) }
        }.sorted { $0.number < $1.number }
        return result
    }

    /// Java writes addresses of IPv6 in another way than sockets do, and those of IPv4 may be written as such of IPv6.
    static func normalized(_ host: String) -> String {
        PlainAddress(host)?.text ?? host
    }

    /// Adds what is said of this operation by this client to `finding`.
    func find(_ operation: OperationSet, by subject: AclSubject, _ finding: inout AclFinding) {
        finding.hasAcls = true
        ofEverybody?.find(operation, from: subject.host, &finding)
        guard let number = subject.number, !ofNumbers.isEmpty else { return }
        var (low, high) = (0, ofNumbers.count)
        while low < high {
            let middle = (low + high) / 2
            if ofNumbers[middle].number < number { low = middle + 1 } else { high = middle }
        }
        guard low < ofNumbers.count, ofNumbers[low].number == number else { return }
        ofNumbers[low].rules.find(operation, from: subject.host, &finding)
    }
}

extension PatternRules.HostRules {
    fileprivate func find(
        _ operation: OperationSet, from host: Substring, _ finding: inout AclFinding
    ) {
        everywhere.find(operation, &finding)
        if !byHost.isEmpty { byHost[host]?.find(operation, &finding) }
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
