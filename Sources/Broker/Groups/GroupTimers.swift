import NIOCore

/// The timers of all groups, on one event loop.
///
/// A session is renewed with every heartbeat, so a timer that is set to a later time is left where
/// it is: when it fires too early it is set again for the rest. Heartbeats then cost no task of the
/// event loop.
///
/// Thread contract: the loop's own.
final class GroupTimers {
    struct Key: Hashable, Sendable {
        private let name: ExactName
        let timer: GroupTimer
        var group: String { name.text }

        init(group: String, timer: GroupTimer) {
            name = ExactName(group)
            self.timer = timer
        }
    }

    private struct Armed {
        /// When it is due.
        var deadline: NIODeadline
        /// When its task runs.
        var wakeUp: NIODeadline
        var task: Scheduled<Void>
        var number: UInt64
    }

    private let eventLoop: any EventLoop
    private let fire: @Sendable (Key, UInt64) -> Void
    private var armed: [Key: Armed] = [:]
    private var lastNumber: UInt64 = 0

    /// `fire` is called on the loop; it answers with a call of `take`, which says whether it is
    /// time.
    init(eventLoop: any EventLoop, fire: @escaping @Sendable (Key, UInt64) -> Void) {
        self.eventLoop = eventLoop
        self.fire = fire
    }

    var count: Int { armed.count }

    func set(_ key: Key, afterMs: Int64) {
        let deadline = eventLoop.now + .milliseconds(max(afterMs, 0))
        if let present = armed[key], present.wakeUp <= deadline {
            armed[key]?.deadline = deadline
            return
        }
        cancel(key)
        arm(key, deadline)
    }

    /// Sets it unless it is set.
    func start(_ key: Key, afterMs: Int64) {
        if armed[key] == nil { set(key, afterMs: afterMs) }
    }

    func cancel(_ key: Key) {
        armed.removeValue(forKey: key)?.task.cancel()
    }

    /// Whether the timer whose task runs is due now; then it is set no more.
    func take(_ key: Key, number: UInt64) -> Bool {
        guard let present = armed[key], present.number == number else { return false }
        armed[key] = nil
        if present.deadline > eventLoop.now {
            arm(key, present.deadline)
            return false
        }
        return true
    }

    func cancelAll() {
        for entry in armed.values { entry.task.cancel() }
        armed = [:]
    }

    private func arm(_ key: Key, _ deadline: NIODeadline) {
        lastNumber += 1
        let task = eventLoop.scheduleTask(deadline: deadline) { [fire, lastNumber] in
            fire(key, lastNumber)
        }
        armed[key] = Armed(
            deadline: deadline, wakeUp: deadline, task: task, number: lastNumber)
    }
}
