import KafkaProtocol

/// Who was in a share group beside the run's members, as far as its descriptions tell.
///
/// A member that comes and goes between two descriptions is in neither. But the group's epoch rises with each member that
/// joins or leaves. So where it has risen while all of the run's members stayed, somebody else may have been there. It
/// also rises where a topic gets partitions: so that is no proof.
struct OtherMemberWatch: Sendable {
    /// So many members that are not the run's are remembered: as many as a group may have at a time.
    private static let mostOthers = 1_000

    private let own: Set<String>
    private var seen: Set<String> = []
    private var first: ShareGroupDescribeResponse.Member?
    /// The epoch when the run's members had asked to join so often, and were all there.
    private var settled: (epoch: Int32, joinCount: Int)?
    private var hasRisen = false

    /// - Parameter own: the run's members, by their ids.
    init(own: Set<String>) { self.own = own }

    /// - Parameter joinCount: how often the run's members had asked to join, if it was the same before and after the
    ///   description; else nil.
    mutating func note(_ group: ShareGroupDescribeResponse.Group, joinCount: Int?) {
        let others = group.members.filter { !own.contains($0.memberID) }
        first = first ?? others.first
        for other in others where seen.count < Self.mostOthers { seen.insert(other.memberID) }
        // One that is not there has left, or its session has ended, which raises the epoch, too.
        let isWhole = own.isSubset(of: group.members.lazy.map(\.memberID))
        guard let joinCount, isWhole else { return }
        if let settled, settled.joinCount == joinCount, group.groupEpoch > settled.epoch {
            hasRisen = true
        }
        settled = (group.groupEpoch, joinCount)
    }

    /// Nil if nobody was there, as far as one can tell.
    var others: OtherMembers? {
        first.map { OtherMembers($0, count: seen.count) } ?? (hasRisen ? .unseen : nil)
    }
}

extension OtherMembers {
    init(_ member: ShareGroupDescribeResponse.Member, count: Int) {
        self.init(count: count, clientID: member.clientID, clientHost: member.clientHost)
    }
}
