import Dispatch
import Measurement
import NIOCore

/// Steps a worker on the event loop of its clients, so that no batch and no answer passes from one thread
/// to another: a wake-up costs more than a batch.
///
/// Thread contract: `run` belongs to the worker's thread, everything else to the event loop.
final class EventLoopSteps: StepLoop, @unchecked Sendable {
    private struct Worker {
        var step: @Sendable () -> NextStep
        var wakeup: Wakeup
    }

    private let eventLoop: any EventLoop
    private var worker: Worker?
    private var timer: (deadline: NIODeadline, callback: NIOScheduledCallback)?
    private let ended = DispatchSemaphore(value: 0)

    init(on eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func run(wakeup: Wakeup, _ step: @escaping @Sendable () -> NextStep) {
        eventLoop.execute { [self] in
            worker = Worker(step: step, wakeup: wakeup)
            wakeup.forward { [self] in eventLoop.execute { [self] in turn() } }
            turn()
        }
        ended.wait()
    }

    private func turn() {
        guard let worker else { return }
        worker.wakeup.clear()
        switch worker.step() {
        // Behind what the sockets have.
        case .again: worker.wakeup.signal()
        case .wait(let time): setTimer(.uptimeNanoseconds(UInt64(max(time, 0))))
        case .never:
            timer?.callback.cancel()
            self.worker = nil
            worker.wakeup.forward {}
            ended.signal()
        }
    }

    /// An earlier one is left: a step too many does no harm, and costs less than another timer.
    private func setTimer(_ deadline: NIODeadline) {
        if let timer, timer.deadline <= deadline { return }
        timer?.callback.cancel()
        do {
            timer = (deadline, try eventLoop.scheduleCallback(at: deadline, handler: self))
        } catch {
            preconditionFailure("an event loop runs longer than its workers: \(error)")
        }
    }
}

extension EventLoopSteps: NIOScheduledCallbackHandler {
    func handleScheduledCallback(eventLoop: some EventLoop) {
        timer = nil
        turn()
    }
}
