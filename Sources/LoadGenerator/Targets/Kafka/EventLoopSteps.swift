import Dispatch
import Measurement
import NIOCore

/// Steps a worker on the event loop of its clients, so that no batch and no answer passes from one thread
/// to another: a wake-up costs more than a batch.
///
/// Thread contract: `run` belongs to the worker's thread, everything else to the event loop.
final class EventLoopSteps: StepLoop, @unchecked Sendable {
    private let eventLoop: any EventLoop
    private var step: (@Sendable () -> NextStep)?
    private var timer: (deadline: NIODeadline, task: Scheduled<Void>)?
    private let ended = DispatchSemaphore(value: 0)

    init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func run(wakeup: Wakeup, _ step: @escaping @Sendable () -> NextStep) {
        eventLoop.execute { [self] in
            self.step = step
            wakeup.forward { [self] in eventLoop.execute { [self] in turn(wakeup) } }
            turn(wakeup)
        }
        ended.wait()
    }

    private func turn(_ wakeup: Wakeup) {
        guard let step else { return }
        wakeup.clear()
        switch step() {
        // Behind what the sockets have.
        case .again: wakeup.signal()
        case .wait(let time): setTimer(.uptimeNanoseconds(UInt64(max(time, 0))), wakeup)
        case .never:
            timer?.task.cancel()
            self.step = nil
            wakeup.forward {}
            ended.signal()
        }
    }

    /// An earlier one is left: a step too many does no harm, and costs less than another timer.
    private func setTimer(_ deadline: NIODeadline, _ wakeup: Wakeup) {
        if let timer, timer.deadline <= deadline { return }
        timer?.task.cancel()
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [self] in
            timer = nil
            turn(wakeup)
        }
        timer = (deadline, task)
    }
}
