import Measurement
import NIOCore

/// Asks a coordinator again and again how far a share group is, and who is in it: once an interval of the reports, since
/// it asks the partitions' leaders, which are measured; and more often once the end of the run waits for the group.
///
/// Thread contract: safe from any thread.
final class KafkaSharePolls: Sendable {
    private static let drainingPause = TimeAmount.milliseconds(100)

    private struct State {
        var isDraining = false
        var isPolling = false
        var hasEnded = false
        var news: [Int: ShareProgress]?
        var last: EventLoopFuture<Void>?
        var next: Scheduled<Void>?
        /// Of the last poll.
        var progressFailure: Failure?
        var membersFailure: Failure?
        var watch: OtherMemberWatch
    }

    private struct Failure {
        /// When it began that no poll succeeded.
        var since: Int64
        var reason: String

        /// Nil if the last poll succeeded.
        init?(_ result: Result<some Any, any Error>, after last: Failure?) {
            guard case .failure(let error) = result else { return nil }
            since = last?.since ?? MonotonicClock.now()
            reason = "\(error)"
        }

        func text(_ what: String) -> String {
            let seconds = (MonotonicClock.now() - since) / 1_000_000_000
            return "for \(seconds) s the brokers have not told \(what): \(reason)"
        }
    }

    private let source: any ShareGroupSource
    private let group: String
    private let eventLoop: any EventLoop
    private let pause: TimeAmount
    private let state: CheckedMutex<State>

    /// - Parameters:
    ///   - members: the run's, by their ids.
    ///   - pause: between polls, until `take` hurries.
    init(
        _ source: any ShareGroupSource, group: String, members: Set<String>,
        on eventLoop: any EventLoop, pause: TimeAmount
    ) {
        self.source = source
        self.group = group
        self.eventLoop = eventLoop
        self.pause = pause
        state = CheckedMutex(State(watch: OtherMemberWatch(own: members)))
    }

    func begin() { poll() }

    /// Looks at the members of the group once, and says what `others` says then.
    func findOthers() async throws -> OtherMembers? {
        try await lookAtMembers()
        return others
    }

    /// Who was there, or may have been, since the first look at the group's members.
    var others: OtherMembers? { state.withLock { $0.watch.others } }

    /// What was heard since the last call.
    ///
    /// - Parameter isDraining: whether to ask more often from now on.
    func take(isDraining: Bool) -> [Int: ShareProgress]? {
        let (news, mustHurry) = state.withLock { state in
            defer {
                state.news = nil
                state.isDraining = state.isDraining || isDraining
            }
            return (state.news, isDraining && !state.isDraining)
        }
        if mustHurry { eventLoop.execute { [self] in poll() } }
        return news
    }

    /// What the last poll could not learn, a clause each.
    var faults: [String] {
        let (progress, members) = state.withLock { ($0.progressFailure, $0.membersFailure) }
        return [
            progress?.text("how far the share group \(group) is"),
            members?.text("who is in the share group \(group)"),
        ].compactMap(\.self)
    }

    /// Begins no other poll.
    ///
    /// - Returns: the last one.
    func end() -> EventLoopFuture<Void>? {
        state.withLock { state in
            state.hasEnded = true
            state.next?.cancel()
            return state.last
        }
    }

    private func poll() {
        let asked = state.withLock { state -> EventLoopFuture<Void>? in
            // Under the lock, so that whoever ends this waits for the last one.
            guard !state.hasEnded, !state.isPolling else { return nil }
            state.isPolling = true
            state.next?.cancel()
            state.next = nil
            let asked = eventLoop.makeFutureWithTask { [self] in await ask() }
            state.last = asked
            return asked
        }
        asked?.whenComplete { [self] _ in
            state.withLock { state in
                state.isPolling = false
                guard !state.hasEnded else { return }
                let pause = state.isDraining ? min(pause, Self.drainingPause) : pause
                state.next = eventLoop.scheduleTask(in: pause) { [self] in poll() }
            }
        }
    }

    /// Where the brokers do not answer one question, the answer to the other counts all the same.
    private func ask() async {
        let progress = await outcome { try await source.progress() }
        // Last: who has taken what is told there is still a member.
        let members = await outcome { try await lookAtMembers() }
        state.withLock { state in
            if case .success(let news) = progress { state.news = news }
            state.progressFailure = Failure(progress, after: state.progressFailure)
            state.membersFailure = Failure(members, after: state.membersFailure)
        }
    }

    private func outcome<Value>(
        _ body: () async throws -> Value
    ) async -> Result<Value, any Error> {
        do {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }

    private func lookAtMembers() async throws {
        let before = try await source.joinCount()
        let found = try await source.description()
        let after = try await source.joinCount()
        guard let found else { return }
        state.withLock { $0.watch.note(found, joinCount: before == after ? after : nil) }
    }
}
