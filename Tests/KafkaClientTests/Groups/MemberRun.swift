import KafkaProtocol
import RecordFormat

@testable import KafkaClient

/// A member of a group with a clock, to which a test answers as its coordinator.
protocol MemberRun {
    associatedtype Member: GroupMembership

    var member: Member { get set }
    var nowMs: Int64 { get set }
    /// Of the last request that was looked at.
    var ticket: Int { get set }
}

extension MemberRun {
    func partition(_ index: Int32) -> TopicPartition {
        TopicPartition(topic: "t", partition: index)
    }

    /// What it wants done; the ticket of the last request among it is kept.
    var actions: [MembershipAction] {
        mutating get {
            let actions = member.takeActions()
            for case .send(_, let ticket) in actions { self.ticket = ticket }
            return actions
        }
    }

    mutating func advance(_ milliseconds: Int64) {
        nowMs += milliseconds
        member.advance(nowMs: nowMs)
    }

    mutating func find(_ code: ErrorCode = .none) {
        member.advance(nowMs: nowMs)
        _ = actions
        member.answered(.coordinator(code), ticket: ticket, nowMs: nowMs)
    }
}

/// The member did not send the request that the test waits for.
struct ProtocolBroken: Error {}
