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
    /// What somebody should know of the ACLs that were read.
    private let complaints: [String]

    /// Reads those of a log directory. One that denies something that nobody knows here is an error, and so is it if
    /// Kafka's could not be read: somebody might be let in who is denied.
    init(_ config: BrokerConfig, denials: DenialLog) throws(LogError) {
        self.denials = denials
        superUsers = Set(config.superUsers)
        allowsWithoutAcls = config.allowEveryoneIfNoAclFound
        maximumCount = Int(config.maxAcls)
        directory = config.logDirectory
        if let path = try AclCheckpoint.unreadLog(in: config.logDirectory) {
            throw .corrupt(
                path: path, position: 0,
                reason:
                    "Kafka's ACLs are in it and cannot be read: restore it, or move it away to begin without them"
            )
        }
        let all = try AclCheckpoint.read(in: config.logDirectory).map { Acl($0) }
        if let denial = all.first(where: { !$0.isKnown && $0.permissionType != .allow }) {
            throw .corrupt(
                path: "\(config.logDirectory)/\(AclCheckpoint.fileName)", position: 0,
                reason: "an ACL of another version denies what is not known here: \(denial)")
        }
        let known = Set(all.filter(\.isKnown))
        let ignoredCount = all.count - known.count
        complaints =
            ignoredCount == 0
            ? []
            : [
                "\(ignoredCount) ACLs of another version allow what is not known here: they are ignored"
            ]
        rules = Locked(AclRules(known))
    }

    /// What a client may do by the ACLs that hold now. Those that were found before are returned where they still hold.
    func rights(of client: AclClient, last: AclRights? = nil) -> AclRights {
        let rules = current
        if let last, last.rules === rules { return last }
        return AclRights(
            client, by: rules, isSuperUser: superUsers.contains(client.principal),
            allowsWithoutAcls: allowsWithoutAcls)
    }

    func allows(
        _ operation: AclOperation, on type: ResourceType, _ name: String, to client: AclClient
    ) -> Bool {
        rights(of: client).allows(operation, on: type, name)
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
        guard superUsers.isEmpty, acls.isEmpty, !allowsWithoutAcls else { return complaints }
        return complaints + [
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
