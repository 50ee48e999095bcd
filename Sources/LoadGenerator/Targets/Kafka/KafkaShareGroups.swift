import Measurement
import NIOCore
import RecordFormat

/// A run's share groups: their members, and what the brokers tell of them.
///
/// Thread contract: safe from any thread.
final class KafkaShareGroups: Sendable {
    private struct State {
        var members: [KafkaShareMember] = []
        /// Those whose workers are not there yet.
        var idleMembers: [KafkaShareMember] = []
        /// By group.
        var polls: [String: KafkaSharePolls] = [:]
        var faults: [String] = []
    }

    private let state = CheckedMutex(State())

    var members: [KafkaShareMember] { state.withLock { $0.members } }
    /// How often members had to give up a partition.
    var moveCount: UInt64 { members.reduce(0) { $0 + UInt64($1.moveCount) } }

    /// Of how many records acknowledgements were refused, or the largest number where that is too small.
    var refusedCount: UInt64 {
        members.reduce(0) { sum, member in
            let (total, overflow) = sum.addingReportingOverflow(
                UInt64(clamping: member.refusedCount))
            return overflow ? .max : total
        }
    }

    /// What makes a run's figures doubtful, a clause each.
    var faults: [String] {
        let (faults, polls) = state.withLock { ($0.faults, $0.polls) }
        return faults + polls.sorted { $0.key < $1.key }.flatMap { $0.value.faults }
    }

    func add(_ member: KafkaShareMember) {
        state.withLock { state in
            state.members.append(member)
            state.idleMembers.append(member)
        }
    }

    /// Gives a worker its member.
    func takeIdleMember(of group: String) -> KafkaShareMember {
        let member = state.withLock { state in
            state.idleMembers.firstIndex { $0.group == group }
                .map { state.idleMembers.remove(at: $0) }
        }
        guard let member else { preconditionFailure("each worker has a member") }
        return member
    }

    func begin(_ polls: KafkaSharePolls, of group: String) {
        state.withLock { $0.polls[group] = polls }
    }

    func note(fault: String) { state.withLock { $0.faults.append(fault) } }

    func polls(of group: String) -> KafkaSharePolls? { state.withLock { $0.polls[group] } }

    /// Ends them.
    ///
    /// - Returns: the last of each, which may still be on its way.
    func endPolls() -> [EventLoopFuture<Void>?] {
        let polls = state.withLock { $0.polls.values.map(\.self) }
        return polls.map { $0.end() }
    }
}
