import CommitLog
import KafkaProtocol

/// Decides who may do what, as Kafka's StandardAuthorizer does, by the ACLs in the log directory.
/// Thread contract: any thread; to change ACLs, the control thread.
final class Authorizer: Sendable {
    let denials: DenialLog
    private let superUsers: Set<Principal>
    private let allowsWithoutAcls: Bool
    private let maximumCount: Int
    private let directory: String
    private let rules: Locked<AclRules>

    /// Reads those of a log directory.
    init(_ config: BrokerConfig, denials: DenialLog) throws(LogError) {
        self.denials = denials
        superUsers = Set(config.superUsers)
        allowsWithoutAcls = config.allowEveryoneIfNoAclFound
        maximumCount = Int(config.maxAcls)
        directory = config.logDirectory
        rules = Locked(
            AclRules(Set(try AclCheckpoint.read(in: config.logDirectory).map { Acl($0) })))
    }

    /// A super user may do everything. For others a denial counts more than what allows it. Where no ACL is about
    /// the resource at all, a setting decides.
    func allows(
        _ operation: AclOperation, on type: ResourceType, _ name: String, to client: AclClient
    ) -> Bool {
        if superUsers.contains(client.principal) { return true }
        let finding = current.finding(operation, on: type, name, by: client)
        if finding.isDenied { return false }
        return finding.isAllowed || !finding.hasAcls && allowsWithoutAcls
    }

    /// Whether the client may do this to any resource of the type, whichever.
    func allowsSomewhere(
        _ operation: AclOperation, on type: ResourceType, to client: AclClient
    ) -> Bool {
        // A name that no ACL is about, as far as Kafka cares.
        allows(operation, on: type, "hardcode", to: client)
            || current.allowsSomewhere(operation, on: type, by: client)
    }

    private var current: AclRules { rules.withLock { $0 } }

    /// In no order.
    var acls: Set<Acl> { current.acls }

    func isSuperUser(_ principal: Principal) -> Bool { superUsers.contains(principal) }

    /// Adds those that are not there yet. All that it returns as done are durable.
    func add(_ acls: [Acl]) throws(LogError) -> [Refusal?] {
        var all = self.acls
        let before = all.count
        var refusals: [Refusal?] = []
        for acl in acls {
            do throws(Refusal) {
                try acl.validate()
                guard all.contains(acl) || all.count < maximumCount else {
                    throw Refusal(
                        .policyViolation,
                        "There are \(maximumCount) ACLs, as many as weir.max.acls allows.")
                }
                all.insert(acl)
                refusals.append(nil)
            } catch {
                refusals.append(error)
            }
        }
        if all.count > before { try replace(with: all) }
        return refusals
    }

    /// Takes away what the filters match; of several that match an ACL the first has it.
    func remove(_ filters: [AclFilter]) throws(LogError) -> [[Acl]] {
        var all = acls
        let removed = filters.map { filter in
            let matching = all.filter(filter.matches)
            all.subtract(matching)
            return Array(matching)
        }
        if removed.contains(where: { !$0.isEmpty }) { try replace(with: all) }
        return removed
    }

    /// Durable first, and then valid: what was answered holds after a crash, too.
    private func replace(with acls: Set<Acl>) throws(LogError) {
        try AclCheckpoint.write(acls.map(\.entry), in: directory)
        let changed = AclRules(acls)
        rules.withLock { $0 = changed }
    }
}

extension Authorizer {
    /// What somebody should know at the start who set it up.
    func warnings() -> [String] {
        guard superUsers.isEmpty, acls.isEmpty, !allowsWithoutAcls else { return [] }
        return [
            "nobody may do anything: authorizer.class.name is set, and there are neither ACLs nor super.users, who "
                + "could create some"
        ]
    }

    /// What a client may do of whom nobody knows who he is; nil where ACLs say that.
    func freedomOfStrangers() -> String? {
        if superUsers.contains(.anonymous) { return "everything" }
        return allowsWithoutAcls ? "whatever no ACL is about" : nil
    }
}
