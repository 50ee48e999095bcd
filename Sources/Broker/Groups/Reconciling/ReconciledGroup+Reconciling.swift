// Bringing a member to its assignment.

extension ReconciledGroup {
    /// Takes the member as far as it can go now: it first gives up what it has to, and gets the epoch
    /// of the assignment then; it gets what nobody else holds any more.
    ///
    /// - Parameter owned: what the member says that it has; nil where it says nothing.
    mutating func reconcile(_ memberID: String, owned: PartitionSet?) -> ReconciledMember {
        guard let known = members[memberID] else { preconditionFailure("it was added before") }
        var member = known
        switch known.progress.state {
        case .stable:
            if known.progress.epoch == assignmentEpoch { return known }
            advance(&member, owned: owned)
        case .unrevokedPartitions:
            let hasRevoked =
                owned.map { $0.intersection(known.progress.pendingRevocation).isEmpty } ?? false
            guard hasRevoked else { return known }
            advance(&member, owned: owned)
        case .unreleasedPartitions: advance(&member, owned: owned)
        }
        guard member != known else { return known }
        set(member)
        // A member of the classic protocol has its time for joining again.
        if member.progress.state == .unrevokedPartitions, member.subscription.classic == nil {
            act(
                .setTimer(
                    .revocation(memberID: memberID),
                    afterMs: Int64(member.subscription.rebalanceTimeoutMs)))
        } else {
            act(.cancelTimer(.revocation(memberID: memberID)))
        }
        return member
    }

    private func advance(_ member: inout ReconciledMember, owned: PartitionSet?) {
        let wanted = target[member.id] ?? PartitionSet()
        let kept = member.progress.assigned.intersection(wanted)
        let revoked = member.progress.assigned.subtracting(wanted)
        let isRevoked = owned.map { $0.intersection(revoked).isEmpty } ?? false
        if !revoked.isEmpty, !isRevoked {
            // It keeps its epoch, so that no partition has two owners in one epoch.
            member.progress.state = .unrevokedPartitions
            member.progress.move(to: member.progress.epoch)
            member.progress.assigned = kept
            member.progress.pendingRevocation = revoked
            return
        }
        let missing = wanted.subtracting(kept)
        let free = missing.filter { !isHeld($1, of: $0) }
        member.progress.state = free == missing ? .stable : .unreleasedPartitions
        member.progress.move(to: assignmentEpoch)
        member.progress.assigned = kept.union(free)
        member.progress.pendingRevocation = PartitionSet()
    }
}

extension ReconciledMember.Progress {
    /// As in Kafka, the epoch before is that of the last change, whether the epoch changed or not.
    fileprivate mutating func move(to next: Int32) {
        previousEpoch = epoch
        epoch = next
    }
}
