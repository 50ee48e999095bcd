import KafkaProtocol

/// What one client may do by the ACLs of a moment: whom they know him as is looked up once, not for each resource. A
/// request asks by the ACLs that held when it came.
/// Thread contract: immutable.
final class AclRights: Sendable {
    let rules: AclRules
    let client: AclClient
    private let subject: AclSubject
    private let isSuperUser: Bool
    private let allowsWithoutAcls: Bool

    init(
        _ client: AclClient, by rules: AclRules, isSuperUser: Bool, allowsWithoutAcls: Bool
    ) {
        self.rules = rules
        self.client = client
        self.isSuperUser = isSuperUser
        self.allowsWithoutAcls = allowsWithoutAcls
        subject = rules.subject(client)
    }

    /// A super user may do everything. For others a denial counts more than what allows it. Where no ACL is about
    /// the resource at all, a setting decides.
    func allows(_ operation: AclOperation, on type: ResourceType, _ name: String) -> Bool {
        if isSuperUser { return true }
        if type == .topic, Self.isInDisguise(name) { return false }
        let decision = rules.decision(operation, on: type, name, by: subject)
        if decision.isDenied { return false }
        return decision.isAllowed || allowsWithoutAcls && !rules.hasAcls(about: type, name)
    }

    /// No topic has such a name, but tables with Swift's strings as keys find one with a `K` by it. Of all texts
    /// that are no ASCII only those with this sign can be equal to one of the letters of topics.
    private static func isInDisguise(_ topic: String) -> Bool {
        !topic.utf8Span.isKnownASCII && topic.unicodeScalars.contains("\u{212A}")
    }

    /// Whether the client may do this to any resource of the type, whichever.
    func allowsSomewhere(_ operation: AclOperation, on type: ResourceType) -> Bool {
        // A name that no ACL is about, as far as Kafka cares.
        allows(operation, on: type, "hardcode")
            || rules.allowsSomewhere(operation, on: type, by: client)
    }
}

/// A client as the rules know him.
struct AclSubject: Sendable {
    /// Those of his principal; nil where no ACL names it.
    var rules: PrincipalRules?
    var host: Substring
}
