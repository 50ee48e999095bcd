import RecordFormat

/// What is written of a group's members and of what they are assigned.
protocol AssignedMembersRecord: Sendable {
    associatedtype Subscription: Equatable
    associatedtype Progress: Equatable

    static func subscription(memberID: String, _ value: Subscription?) -> Self
    static func progress(memberID: String, _ value: Progress?) -> Self
    static func target(memberID: String, _ value: PartitionSet?) -> Self
    static func epoch(_ value: Int32?) -> Self
    static func assignmentEpoch(_ value: Int32?) -> Self
}

/// A member of a group whose partitions the broker assigns.
protocol AssignedMember: Sendable, Equatable {
    associatedtype Record: AssignedMembersRecord
    /// What a member's id is as a key of tables.
    associatedtype Key: MemberKey

    var id: String { get }
    /// What the member says of itself, as it is stored.
    var subscription: Record.Subscription { get set }
    /// How far it is with its assignment, as it is stored.
    var progress: Record.Progress { get set }
    /// The memory that it takes, roughly.
    var byteCount: Int { get }

    init(id: String)
}

protocol MemberKey: Hashable, Sendable {
    init(_ memberID: String)
}

extension String: MemberKey {}
extension ExactName: MemberKey {}

/// The members of a group, what they are assigned, and the epochs of both, with the records of each change. Groups of
/// the consumer protocol and share groups have this in common.
///
/// Thread contract: a value with one owner.
struct AssignedMembers<Member: AssignedMember>: Sendable {
    private(set) var epoch: Int32 = 0
    private(set) var assignmentEpoch: Int32 = 0
    private(set) var members: [Member.Key: Member] = [:]
    /// By member id.
    private(set) var target: [Member.Key: PartitionSet] = [:]
    /// The memory that they take, roughly.
    private(set) var byteCount = 0
    private var records: [Member.Record] = []

    mutating func takeRecords() -> [Member.Record] {
        defer { records.removeAll() }
        return records
    }

    mutating func write(_ record: Member.Record) { records.append(record) }

    mutating func set(_ member: Member) {
        let known = members[Member.Key(member.id)]
        if known?.subscription != member.subscription {
            write(.subscription(memberID: member.id, member.subscription))
        }
        if known?.progress != member.progress {
            write(.progress(memberID: member.id, member.progress))
        }
        byteCount += member.byteCount - (known?.byteCount ?? 0)
        members[Member.Key(member.id)] = member
    }

    /// - Returns: the member that was removed; nil if there is none.
    mutating func remove(_ memberID: String) -> Member? {
        guard let member = members.removeValue(forKey: Member.Key(memberID)) else { return nil }
        byteCount -= member.byteCount
        assign(nil, to: memberID)
        records += Self.tombstones(of: memberID)
        return member
    }

    /// After the largest epoch, which only a record that was read can have, comes the first one.
    mutating func raiseEpoch() { begin(at: epoch == .max ? 1 : epoch + 1) }

    mutating func begin(at first: Int32) {
        epoch = first
        write(.epoch(epoch))
    }

    /// What changes of the assignment is written, and then its epoch.
    mutating func setTarget(_ assigned: some Sequence<(memberID: String, partitions: PartitionSet)>)
    {
        for (memberID, partitions) in assigned
        where target[Member.Key(memberID)] != partitions {
            setTarget(partitions, of: memberID)
        }
        assignmentEpoch = epoch
        write(.assignmentEpoch(epoch))
    }

    mutating func setTarget(_ partitions: PartitionSet, of memberID: String) {
        assign(partitions, to: memberID)
        write(.target(memberID: memberID, partitions))
    }

    private mutating func assign(_ partitions: PartitionSet?, to memberID: String) {
        let key = Member.Key(memberID)
        byteCount += (partitions?.byteCount ?? 0) - (target[key]?.byteCount ?? 0)
        target[key] = partitions
    }

    /// What ends all that was written of members.
    var tombstones: [Member.Record] {
        members.values.map(\.id).sorted().flatMap(Self.tombstones)
    }

    private static func tombstones(of memberID: String) -> [Member.Record] {
        [
            .progress(memberID: memberID, nil), .target(memberID: memberID, nil),
            .subscription(memberID: memberID, nil),
        ]
    }
}

// Records that were read, at the start. What follows from them is not written again: whoever restores takes the records
// and drops them.
extension AssignedMembers {
    /// The end of the epoch is the end of the group.
    mutating func restore(epoch value: Int32?) { epoch = max(value ?? 0, 0) }

    mutating func restore(assignmentEpoch value: Int32?) { assignmentEpoch = value ?? 0 }

    mutating func restore(target value: PartitionSet?, of memberID: String) {
        assign(value, to: memberID)
    }

    /// - Returns: the member as it is then; nil where it is none, or none any more.
    func restored(_ subscription: Member.Record.Subscription?, of memberID: String) -> Member? {
        guard let subscription else { return nil }
        var member = members[Member.Key(memberID)] ?? Member(id: memberID)
        member.subscription = subscription
        return member
    }

    /// - Returns: the member as it is then; nil where it is none.
    func restored(_ progress: Member.Record.Progress?, of memberID: String) -> Member? {
        let known = members[Member.Key(memberID)]
        guard progress != nil || known != nil else { return nil }
        var member = Member(id: memberID)
        if let known { member.subscription = known.subscription }
        if let progress { member.progress = progress }
        return member
    }

    /// Assignments of whom no record says that he is a member would stay for ever.
    mutating func forgetStrays() {
        for key in target.keys where members[key] == nil {
            byteCount -= target[key]?.byteCount ?? 0
            target[key] = nil
        }
    }
}
