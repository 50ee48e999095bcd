import KafkaProtocol

/// ACLs as they are decided by: an index that is made anew with each change, and immutable.
///
/// A decision looks up the name among the literal patterns, then `*`, then the prefixes of the name, and in each
/// the principal and `User:*`. So it takes as long with ten thousand ACLs as with ten, if they are about others;
/// it allocates nothing, and nothing has to be remembered of it that could be out of date.
///
/// Literal names are the same where Swift's strings are, as those of groups and users are here.
/// Thread contract: immutable.
final class AclRules: Sendable {
    /// Those about one type of resource.
    private struct Section: Sendable {
        var literal: [String: PatternRules] = [:]
        var prefixed = PrefixTable([:])
        /// The patterns in which a principal occurs.
        var patterns: [Principal: Set<Pattern>] = [:]
    }

    private struct Pattern: Hashable, Sendable {
        var type: PatternType
        var name: String
    }

    let acls: Set<Acl>
    private let sections: [ResourceType: Section]

    init(_ acls: Set<Acl>) {
        self.acls = acls
        var sections: [ResourceType: Section] = [:]
        for (type, acls) in Dictionary(grouping: acls, by: \.resourceType) {
            var section = Section()
            var prefixed: [String: PatternRules] = [:]
            for acl in acls {
                if acl.patternType == .prefixed {
                    prefixed[acl.resourceName, default: PatternRules()].add(acl)
                } else {
                    section.literal[acl.resourceName, default: PatternRules()].add(acl)
                }
                if let principal = Principal(acl.principal) {
                    section.patterns[principal, default: []].insert(
                        Pattern(type: acl.patternType, name: acl.resourceName))
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
        section.literal[name]?.find(operation, by: client, &finding)
        if name != Acl.wildcard {
            section.literal[Acl.wildcard]?.find(operation, by: client, &finding)
        }
        for rules in section.prefixed.matches(name) {
            rules.find(operation, by: client, &finding)
        }
        return finding
    }

    /// Whether the client may do this to some resource of the type that there could be: one that an ACL allows, and
    /// none denies.
    func allowsSomewhere(
        _ operation: AclOperation, on type: ResourceType, by client: AclClient
    ) -> Bool {
        guard let section = sections[type] else { return false }
        var patterns = section.patterns[client.principal] ?? []
        if client.principal != Acl.everybody {
            patterns.formUnion(section.patterns[Acl.everybody] ?? [])
        }
        return patterns.contains { pattern in
            // A prefix is allowed where the shortest name that begins with it is, by the patterns that all such
            // names have: those of its own prefixes, and `*`.
            var finding = AclFinding()
            let wanted = OperationSet(operation)
            if pattern.type == .literal, pattern.name != Acl.wildcard {
                finding = self.finding(operation, on: type, pattern.name, by: client)
            } else {
                section.literal[Acl.wildcard]?.find(wanted, by: client, &finding)
                if pattern.type == .prefixed {
                    for rules in section.prefixed.matches(pattern.name) {
                        rules.find(wanted, by: client, &finding)
                    }
                }
            }
            return finding.isAllowed && !finding.isDenied
        }
    }
}
