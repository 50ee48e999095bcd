import KafkaProtocol

/// ACLs as they are decided by: an index that is made anew with each change, and immutable.
///
/// A decision looks up the name among the literal patterns, then `*`, then the prefixes of the name, and in each
/// the principal and `User:*`. So it takes as long with ten thousand ACLs as with ten, if they are about others;
/// it allocates nothing, and nothing has to be remembered of it that could be out of date.
///
/// Names are the same where their bytes are.
/// Thread contract: immutable.
final class AclRules: Sendable {
    /// Those about one type of resource.
    private struct Section: Sendable {
        var literal: [ExactName: PatternRules] = [:]
        var prefixed = PrefixTable([:])
        var grants: [Grantee: Grants] = [:]
    }

    /// Whom ACLs allow something, and from where.
    private struct Grantee: Hashable, Sendable {
        var principal: Principal
        /// An address as sockets write it, or `*`.
        var host: Substring
    }

    /// What somebody is allowed, by pattern, and of all patterns together.
    private struct Grants: Sendable {
        var operations: OperationSet = []
        var byPattern: [Pattern: OperationSet] = [:]
    }

    private struct Pattern: Hashable, Sendable {
        var type: PatternType
        var name: ExactName
    }

    let acls: Set<Acl>
    private let sections: [ResourceType: Section]

    init(_ acls: Set<Acl>) {
        self.acls = acls
        var sections: [ResourceType: Section] = [:]
        for (type, acls) in Dictionary(grouping: acls, by: \.resourceType) {
            var section = Section()
            var prefixed: [ExactName: PatternRules] = [:]
            for acl in acls {
                let name = ExactName(acl.resourceName)
                if acl.patternType == .prefixed {
                    prefixed[name, default: PatternRules()].add(acl)
                } else {
                    section.literal[name, default: PatternRules()].add(acl)
                }
                if acl.permissionType == .allow, let principal = Principal(acl.principal) {
                    let grantee = Grantee(
                        principal: principal, host: PatternRules.normalized(acl.host)[...])
                    let pattern = Pattern(type: acl.patternType, name: name)
                    let operations = OperationSet.allowed(by: acl.operation)
                    section.grants[grantee, default: Grants()].operations.formUnion(operations)
                    section.grants[grantee]?.byPattern[pattern, default: []].formUnion(operations)
                }
            }
            section.prefixed = PrefixTable(prefixed)
            sections[type] = section
        }
        self.sections = sections
    }

    /// What is said of a resource. A denial counts more than whatever allows it.
    func finding(
        _ operation: AclOperation, on type: ResourceType, _ name: String, by client: AclClient
    ) -> AclFinding {
        var finding = AclFinding()
        guard let section = sections[type] else { return finding }
        let operation = OperationSet(operation)
        section.literal[ExactName(name)]?.find(operation, by: client, &finding)
        if name != Acl.wildcard {
            section.literal[ExactName(Acl.wildcard)]?.find(operation, by: client, &finding)
        }
        for rules in section.prefixed.matches(name) {
            rules.find(operation, by: client, &finding)
        }
        return finding
    }

    /// Whether the client may do this to some resource of the type that there could be: one that an ACL allows, and
    /// none denies. Who is allowed it nowhere is told so at once, however many ACLs allow him something else.
    func allowsSomewhere(
        _ operation: AclOperation, on type: ResourceType, by client: AclClient
    ) -> Bool {
        guard let section = sections[type] else { return false }
        let wanted = OperationSet(operation)
        // A denial of all names leaves none.
        var ofAll = AclFinding()
        section.literal[ExactName(Acl.wildcard)]?.find(wanted, by: client, &ofAll)
        if ofAll.isDenied { return false }
        for principal in [client.principal, Acl.everybody] {
            for host in [client.host, Acl.wildcard[...]] {
                let grantee = Grantee(principal: principal, host: host)
                guard let grants = section.grants[grantee], grants.operations.contains(wanted)
                else { continue }
                for (pattern, operations) in grants.byPattern
                where operations.contains(wanted)
                    && !isDenied(pattern, operation, of: type, section, by: client)
                {
                    return true
                }
            }
        }
        return false
    }

    /// Whether all resources of a pattern are denied. Of a prefix they are where the shortest name that begins with
    /// it is, by the patterns that all such names have: those of its own prefixes, and `*`.
    private func isDenied(
        _ pattern: Pattern, _ operation: AclOperation, of type: ResourceType, _ section: Section,
        by client: AclClient
    ) -> Bool {
        if pattern.type == .literal, pattern.name.text != Acl.wildcard {
            return finding(operation, on: type, pattern.name.text, by: client).isDenied
        }
        var finding = AclFinding()
        if pattern.type == .prefixed {
            for rules in section.prefixed.matches(pattern.name.text) {
                rules.find(OperationSet(operation), by: client, &finding)
            }
        }
        return finding.isDenied
    }
}
