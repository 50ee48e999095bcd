import KafkaProtocol

/// What the ACLs say of one principal, by the type of the resource: those of others are not looked at for his requests.
/// Thread contract: immutable.
final class PrincipalRules: Sendable {
    /// Those about one type of resource.
    struct Section: Sendable {
        fileprivate let literal: [ExactName: HostRules]
        fileprivate let ofEveryName: HostRules?
        fileprivate let prefixed: PrefixTable<HostRules>
    }

    /// Rules that are being put together.
    struct Draft {
        fileprivate var literal: [ResourceType: [ExactName: HostRules]] = [:]
        fileprivate var prefixed: [ResourceType: [ExactName: HostRules]] = [:]

        mutating func add(_ acl: Acl) {
            let name = ExactName(acl.resourceName)
            if acl.patternType == .prefixed {
                prefixed[acl.resourceType, default: [:]][name, default: HostRules()].add(acl)
            } else {
                literal[acl.resourceType, default: [:]][name, default: HostRules()].add(acl)
            }
        }
    }

    /// By the numbers of the types.
    private let sections: [Section?]

    init(_ draft: Draft) {
        sections = (0..<ResourceType.count).map { number in
            let type = ResourceType(rawValue: Int8(number))
            let (literal, prefixed) = (draft.literal[type] ?? [:], draft.prefixed[type] ?? [:])
            guard !literal.isEmpty || !prefixed.isEmpty else { return nil }
            return Section(
                literal: literal, ofEveryName: literal[ExactName(Acl.wildcard)],
                prefixed: PrefixTable(prefixed))
        }
    }

    /// Adds what is said of a resource to `finding`.
    func find(
        _ operation: OperationSet, on type: ResourceType, _ name: String, from host: Substring,
        _ finding: inout AclFinding
    ) {
        guard let section = sections[of: type] else { return }
        section.ofEveryName?.find(operation, from: host, &finding)
        section.prefixed.forEach(of: name) { $0.find(operation, from: host, &finding) }
        guard !section.literal.isEmpty else { return }
        section.literal[ExactName(name)]?.find(operation, from: host, &finding)
    }

    /// Adds what is said of every name.
    func findOfEveryName(
        _ operation: OperationSet, on type: ResourceType, from host: Substring,
        _ finding: inout AclFinding
    ) {
        sections[of: type]?.ofEveryName?.find(operation, from: host, &finding)
    }

    /// Adds what is said of all names that begin with a prefix.
    func findOfPrefix(
        _ operation: OperationSet, on type: ResourceType, _ prefix: String, from host: Substring,
        _ finding: inout AclFinding
    ) {
        sections[of: type]?.prefixed.forEach(of: prefix) {
            $0.find(operation, from: host, &finding)
        }
    }
}

extension ResourceType {
    /// So many numbers types have.
    static let count = Int(ResourceType.user.rawValue) + 1
}

extension Array {
    /// What there is at the number of a type.
    subscript<Section>(of type: ResourceType) -> Section? where Element == Section? {
        let index = Int(type.rawValue)
        return indices.contains(index) ? self[index] : nil
    }
}
