import Measurement

/// When a worker wants its next step.
public enum NextStep {
    case again
    /// At this time of the monotonic clock, or when the worker's wake-up is signalled.
    case wait(until: Int64)
    case never
}

/// Where a worker steps.
public protocol StepLoop: Sendable {
    /// Calls `step` when it is time, on one thread, until there is no further step. Called once, by the
    /// worker's thread, which it blocks meanwhile.
    func run(wakeup: Wakeup, _ step: @escaping @Sendable () -> NextStep)
}

/// Steps on the calling thread.
struct OwnThread: StepLoop {
    func run(wakeup: Wakeup, _ step: @escaping @Sendable () -> NextStep) {
        while true {
            switch step() {
            case .again: continue
            case .wait(let time): wakeup.wait(until: time)
            case .never: return
            }
        }
    }
}
