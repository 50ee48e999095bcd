import KafkaProtocol

// What the records of share groups ask the coordinator for.

extension GroupCoordinator: ShareGroupDirectory {
    func checkMember(
        _ member: String, of group: String, _ reply: @escaping @Sendable (Refusal?) -> Void
    ) {
        eventLoop.execute {
            if let error = self.refusal(for: group) {
                return reply(Refusal(error, "The group cannot be served now."))
            }
            guard let known = self.state.groups[group]?.share else {
                return reply(Refusal(.groupIDNotFound, "There is no such share group."))
            }
            reply(
                known.members[member] == nil
                    ? Refusal(.unknownMemberID, "The group has no such member.") : nil)
        }
    }

    func shareLimits(of group: String) -> ShareLimits {
        ShareLimits(settings.values(of: group))
    }
}

extension ShareLimits {
    init(_ values: GroupValues) {
        lockMs = values.shareRecordLockDurationMs
        deliveryCountLimit = Int16(clamping: values.shareDeliveryCountLimit)
        maxRecordLocks = Int(values.sharePartitionMaxRecordLocks)
        offsetReset = values.shareAutoOffsetReset
        isolationLevel = values.shareIsolationLevel
        allowsRenewal = values.shareRenewAcknowledgeEnable
    }
}
