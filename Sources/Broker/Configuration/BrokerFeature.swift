/// A feature of the cluster that its clients look at, at the level that is finalised. As the code
/// does without another level, nobody can change it.
struct BrokerFeature: Sendable, Equatable {
    let name: String
    /// The highest level, which is the finalised one.
    let level: Int16

    /// `group.version` 1 is the consumer protocol (KIP-848), `transaction.version` 2 the one that
    /// raises the epoch with every transaction (KIP-890), `share.version` 1 share groups (KIP-932).
    static let all = [
        BrokerFeature(name: "group.version", level: 1),
        BrokerFeature(name: "transaction.version", level: 2),
        BrokerFeature(name: "share.version", level: 1),
    ]
}
