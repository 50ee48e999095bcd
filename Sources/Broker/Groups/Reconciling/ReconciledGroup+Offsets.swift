import KafkaProtocol

// Who may commit and fetch offsets.

extension ReconciledGroup {
    /// Why a commit is refused. A member epoch of −1 comes from a consumer that assigns itself its
    /// partitions, or from an administrator: it may commit while the group has no members.
    func refusal(toCommit event: CommitEvent, isTransactional: Bool) -> ErrorCode? {
        if event.generation < 0, members.isEmpty { return nil }
        guard let member = members[event.memberID] else { return .unknownMemberID }
        let isClassic = member.subscription.classic != nil
        guard isTransactional || isClassic || event.knowsMemberEpochs else {
            return .unsupportedVersion
        }
        guard event.generation != member.progress.epoch else { return nil }
        return isTransactional || isClassic ? .illegalGeneration : .staleMemberEpoch
    }

    /// Whoever is no member may ask, too.
    func refusal(toFetch request: OffsetFetchRequest.Group) -> ErrorCode? {
        if request.memberID == nil, request.memberEpoch < 0 { return nil }
        guard let member = members[request.memberID ?? ""] else { return .unknownMemberID }
        guard request.memberEpoch != member.progress.epoch else { return nil }
        return member.subscription.classic != nil ? .illegalGeneration : .staleMemberEpoch
    }
}
