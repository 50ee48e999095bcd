// The memory that groups take, roughly: it is bounded, and clients decide how much they ask for.

extension ReconciledMember {
    var byteCount: Int {
        GroupMember.overheadByteCount + id.utf8.count
            + subscription.byteCount + progress.assigned.byteCount
            + progress.pendingRevocation.byteCount
    }
}

extension ReconciledMember.Subscription {
    var byteCount: Int {
        clientID.utf8.count + (instanceID?.utf8.count ?? 0) + (rackID?.utf8.count ?? 0)
            + (topicRegex?.utf8.count ?? 0) + (classic?.byteCount ?? 0)
            + topicNames.reduce(0) { $0 + $1.utf8.count + 16 }
    }
}

extension ReconciledGroup.Resolution {
    var byteCount: Int { topics.reduce(64) { $0 + $1.utf8.count + 16 } }
}

extension PartitionSet {
    var byteCount: Int { count * 16 }
}
