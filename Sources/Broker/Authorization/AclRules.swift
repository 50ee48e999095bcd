import KafkaProtocol

/// ACLs as they are decided by: an index that is made anew with each change, and immutable.
///
/// Each principal has rules of his own, by which a decision looks up `*`, the prefixes of the name, and the name; those of
/// `User:*` come on top. So it takes as long with ten thousand ACLs as with ten, if they are about others, or about
/// other names; it allocates nothing, and nothing has to be remembered of it that could be out of date.
///
/// Names are the same where their bytes are.
/// Thread contract: immutable.
final class AclRules: Sendable {
    /// What there are ACLs about, of one type of resource, and whom they allow something.
    private final class Section: Sendable {
        let names: Set<ExactName>
        let isAboutEveryName: Bool
        let prefixes: PrefixTable<Void>
        let grants: [Grantee: Grants]

        init(_ acls: [Acl]) {
            var names: Set<ExactName> = []
            var prefixes: [ExactName: Void] = [:]
            var grants: [Grantee: Grants] = [:]
            for acl in acls {
                let name = ExactName(acl.resourceName)
                if acl.patternType == .prefixed {
                    prefixes[name] = ()
                } else {
                    names.insert(name)
                }
                if acl.permissionType == .allow, let principal = Principal(acl.principal) {
                    let grantee = Grantee(
                        principal: principal, host: HostRules.normalized(acl.host)[...])
                    let pattern = Pattern(type: acl.patternType, name: name)
                    let operations = OperationSet.allowed(by: acl.operation)
                    grants[grantee, default: Grants()].operations.formUnion(operations)
                    grants[grantee]?.byPattern[pattern, default: []].formUnion(operations)
                }
            }
            self.names = names
            isAboutEveryName = names.contains(ExactName(Acl.wildcard))
            self.prefixes = PrefixTable(prefixes)
            self.grants = grants
        }
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
    /// By the numbers of the types.
    private let sections: [Section?]
    private let principals: [Principal: PrincipalRules]
    private let ofEverybody: PrincipalRules?

    init(_ acls: Set<Acl>) {
        self.acls = acls
        var drafts: [Principal: PrincipalRules.Draft] = [:]
        for acl in acls {
            guard let principal = Principal(acl.principal) else { continue }
            drafts[principal, default: PrincipalRules.Draft()].add(acl)
        }
        principals = drafts.mapValues { PrincipalRules($0) }
        ofEverybody = principals[Acl.everybody]
        let byType = Dictionary(grouping: acls, by: \.resourceType)
        sections = (0..<ResourceType.count).map {
            byType[ResourceType(rawValue: Int8($0))].map { Section($0) }
        }
    }

    /// As whom these rules know a client.
    func subject(_ client: AclClient) -> AclSubject {
        AclSubject(rules: principals[client.principal], host: client.host)
    }

    /// What is said of a resource. A denial counts more than whatever allows it.
    func finding(
        _ operation: AclOperation, on type: ResourceType, _ name: String, by client: AclClient
    ) -> AclFinding {
        var finding = decision(operation, on: type, name, by: subject(client))
        finding.hasAcls = hasAcls(about: type, name)
        return finding
    }

    /// The same without whether there are ACLs of others.
    func decision(
        _ operation: AclOperation, on type: ResourceType, _ name: String, by subject: AclSubject
    ) -> AclFinding {
        var finding = AclFinding()
        let operation = OperationSet(operation)
        subject.rules?.find(operation, on: type, name, from: subject.host, &finding)
        ofEverybody?.find(operation, on: type, name, from: subject.host, &finding)
        return finding
    }

    /// Whether some ACL is about the resource, whomever it allows or denies what.
    func hasAcls(about type: ResourceType, _ name: String) -> Bool {
        guard let section = sections[of: type] else { return false }
        return section.isAboutEveryName || section.prefixes.hasPrefix(of: name)
            || section.names.contains(ExactName(name))
    }

    /// Whether the client may do this to some resource of the type that there could be: one that an ACL allows, and
    /// none denies. Who is allowed it nowhere is told so at once, however many ACLs allow him something else.
    func allowsSomewhere(
        _ operation: AclOperation, on type: ResourceType, by client: AclClient
    ) -> Bool {
        guard let section = sections[of: type] else { return false }
        let wanted = OperationSet(operation)
        let subject = subject(client)
        // A denial of all names leaves none.
        var ofAll = AclFinding()
        for rules in [subject.rules, ofEverybody] {
            rules?.findOfEveryName(wanted, on: type, from: subject.host, &ofAll)
        }
        if ofAll.isDenied { return false }
        for principal in [client.principal, Acl.everybody] {
            for host in [client.host, Acl.wildcard[...]] {
                let grantee = Grantee(principal: principal, host: host)
                guard let grants = section.grants[grantee], grants.operations.contains(wanted)
                else { continue }
                for (pattern, operations) in grants.byPattern
                where operations.contains(wanted)
                    && !isDenied(pattern, operation, of: type, by: subject)
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
        _ pattern: Pattern, _ operation: AclOperation, of type: ResourceType, by subject: AclSubject
    ) -> Bool {
        let name = pattern.name.text
        if pattern.type == .literal, name != Acl.wildcard {
            return decision(operation, on: type, name, by: subject).isDenied
        }
        guard pattern.type == .prefixed else { return false }
        var finding = AclFinding()
        for rules in [subject.rules, ofEverybody] {
            rules?.findOfPrefix(
                OperationSet(operation), on: type, name, from: subject.host, &finding)
        }
        return finding.isDenied
    }
}
