import Glibc
import Synchronization

/// A named thread that runs jobs one after the other and a tick in between; it ends when told.
///
/// The load generator has a thread of that name, too, above `SystemThread` of `Measurement`. This
/// module does not depend on `Measurement`, and theirs run one closure that measures, while this
/// one has a queue and a tick.
///
/// The tick says for how long the thread may sleep. Thread contract: any thread may submit and
/// stop; `stop()` returns after the last job and must not be called from the thread itself.
final class WorkerThread: Sendable {
    private struct State: ~Copyable {
        var jobs: [@Sendable () -> Void] = []
        var isBusy = false
        var isStopping = false
        var isWoken = false
        var tick: @Sendable () -> Int64? = { nil }
    }

    private enum Condition {
        static let work = 0
        static let idle = 1
    }

    private let name: String
    private let lock = ConditionLock(conditionCount: 2)
    private let state: LockedBox<State>
    private let thread: Locked<pthread_t?> = Locked(nil)

    init(name: String) {
        self.name = name
        state = LockedBox(State())
    }

    /// Starts the thread. `tick` runs whenever the thread wakes and returns the nanoseconds until
    /// it wants to run again, or nil for "not until woken".
    func start(tick: @escaping @Sendable () -> Int64?) {
        state.value.tick = tick
        let body = unsafe Unmanaged.passRetained(self)
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let worker = unsafe Unmanaged<WorkerThread>.fromOpaque(argument).takeRetainedValue()
                worker.run()
                return nil
            }, body.toOpaque())
        precondition(result == 0, "pthread_create failed: \(errorText(result))")
        self.thread.withLock { $0 = thread }
    }

    /// Runs `job` on the thread, after those submitted before it.
    func submit(_ job: @escaping @Sendable () -> Void) {
        lock.lock()
        state.value.jobs.append(job)
        lock.signal(Condition.work)
        lock.unlock()
    }

    /// Makes the tick run soon.
    func wake() {
        lock.lock()
        state.value.isWoken = true
        lock.signal(Condition.work)
        lock.unlock()
    }

    /// Returns once every job submitted so far has run, and the tick that was running, if one was.
    func waitUntilIdle() {
        lock.lock()
        while !state.value.jobs.isEmpty || state.value.isBusy { lock.wait(on: Condition.idle) }
        lock.unlock()
    }

    /// Runs what is queued, then ends the thread.
    func stop() {
        lock.lock()
        state.value.isStopping = true
        lock.signal(Condition.work)
        lock.unlock()
        let running = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let running else { return }
        // The last owner may let go in a job: then the thread ends by itself.
        if pthread_equal(running, pthread_self()) != 0 {
            pthread_detach(running)
        } else {
            pthread_join(running, nil)
        }
    }

    /// Gives the calling thread its name, of which the kernel keeps 15 characters. A failure does
    /// no harm.
    private func nameThread() {
        guard let file = try? File("/proc/thread-self/comm", .update) else { return }
        try? file.write(Array(name.utf8.prefix(15)), at: 0)
    }

    private func run() {
        nameThread()
        lock.lock()
        while true {
            while !state.value.jobs.isEmpty {
                let job = state.value.jobs.removeFirst()
                state.value.isBusy = true
                lock.unlock()
                job()
                lock.lock()
                state.value.isBusy = false
            }
            lock.broadcast(Condition.idle)
            if state.value.isStopping { break }
            state.value.isWoken = false
            let tick = state.value.tick
            state.value.isBusy = true
            lock.unlock()
            let pause = tick()
            lock.lock()
            state.value.isBusy = false
            lock.broadcast(Condition.idle)
            guard state.value.jobs.isEmpty, !state.value.isStopping, !state.value.isWoken else {
                continue
            }
            if let pause {
                _ = lock.wait(on: Condition.work, untilNanos: monotonicNanos() + max(pause, 0))
            } else {
                lock.wait(on: Condition.work)
            }
        }
        lock.unlock()
    }
}

/// Runs `body` on so many threads at once, the calling one among them, and waits for all.
func runConcurrently(threadCount: Int, _ body: @escaping @Sendable () -> Void) {
    let others = (1..<max(threadCount, 1)).map { _ in WorkerThread(name: "weir-log-open") }
    for thread in others {
        thread.submit(body)
        thread.start { nil }
    }
    body()
    for thread in others { thread.stop() }
}

/// A value that a `ConditionLock` beside it protects; the owner touches it only under that lock.
final class LockedBox<Value: ~Copyable>: @unchecked Sendable {
    var value: Value
    init(_ value: consuming sending Value) { self.value = value }
}
