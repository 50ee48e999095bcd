import CommitLog
import KafkaProtocol
import RecordFormat

/// The share sessions of all members. Thread contract: any thread.
final class ShareSessions: Sendable {
    struct Key: Hashable, Sendable {
        private let groupName: ExactName
        private let memberName: ExactName

        init(group: String, member: String) {
            groupName = ExactName(group)
            memberName = ExactName(member)
        }

        var group: String { groupName.text }

        func isOf(_ group: String) -> Bool { groupName == ExactName(group) }
    }

    /// What a request may fetch, and in whose name it acknowledges.
    struct Turn: Sendable {
        var holder: ShareHolder
        /// Which of the member's sessions it belongs to.
        var opening: UInt64
        var places: [TopicIDPartition]
    }

    /// What ended, and has records to give back.
    struct Ended: Sendable {
        var group: String
        var holder: ShareHolder
    }

    static let finalEpoch: Int32 = -1
    static let initialEpoch: Int32 = 0

    private struct State {
        var sessions: [Key: ShareSession] = [:]
        var lastOpening: UInt64 = 0
    }

    /// `group.share.max.share.sessions`
    private let maximumCount: Int
    private let state = Locked(State())

    init(maximumCount: Int) { self.maximumCount = maximumCount }

    var count: Int { state.withLock { $0.sessions.count } }

    /// Opens a session, in the place of the member's one before, whose records it takes over.
    func open(
        _ key: Key, on connection: ConnectionID, _ places: [TopicIDPartition]
    ) throws(Refusal) -> Turn {
        try state.withLock { (state) throws(Refusal) in
            let before = state.sessions[key]
            guard before != nil || state.sessions.count < maximumCount else {
                throw Refusal(
                    .shareSessionLimitReached,
                    "There are group.share.max.share.sessions = \(maximumCount) share sessions already."
                )
            }
            state.lastOpening += 1
            let session = ShareSession(
                holder: before?.holder ?? ShareHolder(rawValue: state.lastOpening),
                opening: state.lastOpening, connection: connection, places: places)
            state.sessions[key] = session
            return Turn(
                holder: session.holder, opening: session.opening, places: session.places)
        }
    }

    /// Goes on with a session. The final epoch changes nothing: `close` ends it once the request is done.
    func advance(
        _ key: Key, epoch: Int32, adding: [TopicIDPartition] = [],
        forgetting: Set<TopicIDPartition> = []
    ) throws(Refusal) -> Turn {
        try state.withLock { (state) throws(Refusal) in
            guard var session = state.sessions.removeValue(forKey: key) else {
                throw Refusal(.shareSessionNotFound, "The share session was not found.")
            }
            defer { state.sessions[key] = session }
            if epoch == Self.finalEpoch {
                return Turn(holder: session.holder, opening: session.opening, places: [])
            }
            let expected = session.epoch
            guard session.advance(epoch: epoch, adding: adding, forgetting: forgetting) else {
                throw Refusal(
                    .invalidShareSessionEpoch,
                    "The share session epoch is \(epoch) where \(expected) comes next.")
            }
            return Turn(
                holder: session.holder, opening: session.opening, places: session.places)
        }
    }

    /// Whether the session of a turn has not ended, and the member has not opened another one.
    func isOpen(_ key: Key, _ opening: UInt64) -> Bool {
        state.withLock { $0.sessions[key]?.opening == opening }
    }

    /// Whether any member of a group has a session.
    func isAnyOpen(of group: String) -> Bool {
        state.withLock { state in state.sessions.keys.contains { $0.isOf(group) } }
    }

    /// Takes places out of a session that are no partitions: their client was told so.
    func forget(_ places: Set<TopicIDPartition>, of key: Key) {
        state.withLock { $0.sessions[key]?.remove(places) }
    }

    /// The member has left its group. Whether it has a session, which it may still close by itself.
    func noteLeft(_ key: Key) -> Bool {
        state.withLock { state in
            state.sessions[key]?.hasLeft = true
            return state.sessions[key] != nil
        }
    }

    /// Ends the session of a member that has left and has not opened another one since.
    func closeIfLeft(_ key: Key) -> Ended? {
        state.withLock { state in
            guard let session = state.sessions[key], session.hasLeft else { return nil }
            state.sessions[key] = nil
            return Ended(group: key.group, holder: session.holder)
        }
    }

    func close(_ key: Key) -> Ended? {
        state.withLock { state in
            state.sessions.removeValue(forKey: key).map {
                Ended(group: key.group, holder: $0.holder)
            }
        }
    }

    /// Ends the sessions that a connection has opened, and no later one.
    func closeAll(of connection: ConnectionID) -> [Ended] {
        closeAll { $0.value.connection == connection }
    }

    /// Ends the sessions of a group that has no members any more.
    func closeAll(of group: String) -> [Ended] {
        closeAll { $0.key.isOf(group) }
    }

    private func closeAll(
        where isToEnd: ((key: Key, value: ShareSession)) -> Bool
    ) -> [Ended] {
        state.withLock { state in
            let ended = state.sessions.filter(isToEnd)
            for key in ended.keys { state.sessions[key] = nil }
            return ended.map { Ended(group: $0.key.group, holder: $0.value.holder) }
        }
    }
}
