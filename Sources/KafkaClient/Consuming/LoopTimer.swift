import NIOCore

extension EventLoop {
    /// Milliseconds of the clock that does not go backwards.
    var nowMs: Int64 { Int64(clamping: now.uptimeNanoseconds / 1_000_000) }
}

/// Calls back at a time that may be moved.
///
/// Thread contract: everything on the event loop.
final class LoopTimer {
    private let eventLoop: any EventLoop
    private var scheduled: (atMs: Int64, task: Scheduled<Void>)?

    init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    /// - Parameter deadlineMs: nil for never.
    func set(_ deadlineMs: Int64?, _ body: @escaping () -> Void) {
        guard scheduled?.atMs != deadlineMs else { return }
        scheduled?.task.cancel()
        scheduled = nil
        guard let deadlineMs else { return }
        let wait = max(deadlineMs - eventLoop.nowMs, 0)
        let task = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(wait)) { [self] in
            scheduled = nil
            body()
        }
        scheduled = (deadlineMs, task)
    }
}
