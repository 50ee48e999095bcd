import KafkaProtocol

/// What share partitions ask of the coordinator of share groups.
protocol ShareGroupDirectory: Sendable {
    /// Whether somebody is a member of a share group. `reply` is called once, from any thread: with nil
    /// where it is, or with what the client is told.
    func checkMember(
        _ member: String, of group: String, _ reply: @escaping @Sendable (Refusal?) -> Void)

    /// What the group's settings say about delivery, now. From any thread, without waiting.
    func shareLimits(of group: String) -> ShareLimits
}
