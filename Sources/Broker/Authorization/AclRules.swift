import KafkaProtocol

/// ACLs as they are decided by: an index that is made anew with each change, and immutable.
///
/// A decision looks up the name among the literal patterns, then `*`, then the prefixes of the name, and in each
/// the principal, by its number, and `User:*`. So it takes as long with ten thousand ACLs as with ten, if they are about others;
/// it allocates nothing, and nothing has to be remembered of it that could be out of date.
///
/// Names are the same where their bytes are.
/// Thread contract: immutable.
final class AclRules: Sendable {
    /// Those about one type of resource.
    private final class Section: Sendable {
        let literal: [ExactName: PatternRules]
        let ofEveryName: PatternRules?
        let prefixed: PrefixTable
        let grants: [Grantee: Grants]

        init(
            _ literal: [ExactName: PatternRules], _ prefixed: [ExactName: PatternRules],
            _ grants: [Grantee: Grants], _ numbers: [Principal: Int32]
        ) {
            let literal = literal.mapValues { $0.numbered(by: numbers) }
            self.literal = literal
            ofEveryName = literal[ExactName(Acl.wildcard)]
            self.prefixed = PrefixTable(prefixed.mapValues { $0.numbered(by: numbers) })
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
    private let numbers: [Principal: Int32]

    init(_ acls: Set<Acl>) {
        self.acls = acls
        var numbers: [Principal: Int32] = [:]
        for case let principal? in acls.lazy.map({ Principal($0.principal) })
        where numbers[principal] == nil {
            numbers[principal] = Int32(numbers.count)
        }
        self.numbers = numbers
        var sections = [Section?](repeating: nil, count: Self.sectionCount)
        for (type, acls) in Dictionary(grouping: acls, by: \.resourceType) {
            var literal: [ExactName: PatternRules] = [:]
            var prefixed: [ExactName: PatternRules] = [:]
            var grants: [Grantee: Grants] = [:]
            for acl in acls {
                let name = ExactName(acl.resourceName)
                if acl.patternType == .prefixed {
                    prefixed[name, default: PatternRules()].add(acl)
                } else {
                    literal[name, default: PatternRules()].add(acl)
                }
                if acl.permissionType == .allow, let principal = Principal(acl.principal) {
                    let grantee = Grantee(
                        principal: principal, host: PatternRules.normalized(acl.host)[...])
                    let pattern = Pattern(type: acl.patternType, name: name)
                    let operations = OperationSet.allowed(by: acl.operation)
                    grants[grantee, default: Grants()].operations.formUnion(operations)
                    grants[grantee]?.byPattern[pattern, default: []].formUnion(operations)
                }
            }
            guard sections.indices.contains(Int(type.rawValue)) else { continue }
            sections[Int(type.rawValue)] = Section(literal, prefixed, grants, numbers)
        }
        self.sections = sections
    }

    private static let sectionCount = Int(ResourceType.user.rawValue) + 1

    private func section(_ type: ResourceType) -> Section? {
        let index = Int(type.rawValue)
        return sections.indices.contains(index) ? sections[index] : nil
    }

    /// As whom these rules know a client.
    func subject(_ client: AclClient) -> AclSubject {
        AclSubject(number: numbers[client.principal], host: client.host)
    }

    func finding(
        _ operation: AclOperation, on type: ResourceType, _ name: String, by client: AclClient
    ) -> AclFinding {
        finding(operation, on: type, name, by: subject(client))
    }

    /// What is said of a resource. A denial counts more than whatever allows it.
    func finding(
        _ operation: AclOperation, on type: ResourceType, _ name: String, by subject: AclSubject
    ) -> AclFinding {
        var finding = AclFinding()
        guard let section = section(type) else { return finding }
        let operation = OperationSet(operation)
        section.literal[ExactName(name)]?.find(operation, by: subject, &finding)
        section.ofEveryName?.find(operation, by: subject, &finding)
        section.prefixed.find(operation, on: name, by: subject, &finding)
        return finding
    }

    /// Whether the client may do this to some resource of the type that there could be: one that an ACL allows, and
    /// none denies. Who is allowed it nowhere is told so at once, however many ACLs allow him something else.
    func allowsSomewhere(
        _ operation: AclOperation, on type: ResourceType, by client: AclClient
    ) -> Bool {
        guard let section = section(type) else { return false }
        let wanted = OperationSet(operation)
        let subject = subject(client)
        // A denial of all names leaves none.
        var ofAll = AclFinding()
        section.ofEveryName?.find(wanted, by: subject, &ofAll)
        if ofAll.isDenied { return false }
        for principal in [client.principal, Acl.everybody] {
            for host in [client.host, Acl.wildcard[...]] {
                let grantee = Grantee(principal: principal, host: host)
                guard let grants = section.grants[grantee], grants.operations.contains(wanted)
                else { continue }
                for (pattern, operations) in grants.byPattern
                where operations.contains(wanted)
                    && !isDenied(pattern, operation, of: type, section, by: subject)
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
        by subject: AclSubject
    ) -> Bool {
        if pattern.type == .literal, pattern.name.text != Acl.wildcard {
            return finding(operation, on: type, pattern.name.text, by: subject).isDenied
        }
        var finding = AclFinding()
        if pattern.type == .prefixed {
            section.prefixed.find(
                OperationSet(operation), on: pattern.name.text, by: subject, &finding)
        }
        return finding.isDenied
    }
}
