import KafkaProtocol

/// Which ACLs DescribeAcls tells of and DeleteAcls takes away. Nil, and `any`, is whatever there may be.
struct AclFilter {
    var resourceType: ResourceType
    var resourceName: String?
    var patternType: PatternType
    var principal: String?
    var host: String?
    var operation: AclOperation
    var permissionType: AclPermissionType

    /// Of numbers that are not known nobody can say what they match.
    func validate() throws(Refusal) {
        let isKnown =
            (ResourceType.any.rawValue...ResourceType.user.rawValue).contains(resourceType.rawValue)
            && (PatternType.any.rawValue...PatternType.prefixed.rawValue)
                .contains(patternType.rawValue)
            && (AclOperation.any.rawValue...AclOperation.twoPhaseCommit.rawValue)
                .contains(operation.rawValue)
            && (AclPermissionType.any.rawValue...AclPermissionType.allow.rawValue)
                .contains(permissionType.rawValue)
        guard isKnown else {
            throw Refusal(.invalidRequest, "The filter has a type or an operation that is unknown.")
        }
    }

    func matches(_ acl: Acl) -> Bool {
        matchesPattern(of: acl)
            && principal.map(acl.principal.hasSameBytes) ?? true
            && host.map(acl.host.hasSameBytes) ?? true
            && (operation == .any || operation == acl.operation)
            && (permissionType == .any || permissionType == acl.permissionType)
    }

    private func matchesPattern(of acl: Acl) -> Bool {
        guard resourceType == .any || resourceType == acl.resourceType else { return false }
        guard patternType == .any || patternType == .match || patternType == acl.patternType else {
            return false
        }
        guard let resourceName else { return true }
        guard patternType == .match else { return resourceName.hasSameBytes(as: acl.resourceName) }
        if acl.patternType == .prefixed {
            return resourceName.utf8.starts(with: acl.resourceName.utf8)
        }
        return resourceName.hasSameBytes(as: acl.resourceName) || acl.resourceName == Acl.wildcard
    }
}
