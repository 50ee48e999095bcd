import Glibc
import Measurement

/// A named system thread that runs one closure and keeps its result.
///
/// Unlike `SystemThread`, it keeps a result and signals its end.
///
/// Thread contract: made and joined by the run's thread; `result` may be asked from any thread.
final class WorkerThread<Result: Sendable>: Sendable {
    private let thread: CheckedMutex<SystemThread?>
    private let outcome: Outcome

    /// The closure's result, nil while it runs.
    var result: Result? { outcome.value.withLock { $0 } }

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - ended: signalled when the closure has returned.
    ///   - figures: where the thread leaves its own at its end, by the name up to the hyphen.
    init(
        name: String, ended: Wakeup, figures: EndedThreads? = nil,
        _ body: @escaping @Sendable () -> Result
    ) throws(ThreadError) {
        let outcome = Outcome()
        self.outcome = outcome
        thread = CheckedMutex(
            try SystemThread {
                introduceThread(as: name)
                let result = body()
                figures?.noteThisThread(kind: name.prefix { $0 != "-" } + "-")
                outcome.value.withLock { $0 = result }
                ended.signal()
            })
    }

    /// Waits until the closure has returned.
    func join() {
        thread.withLock { thread in
            let running = thread.take()
            running?.join()
        }
    }

    private final class Outcome: Sendable {
        let value = CheckedMutex<Result?>(nil)
    }
}

/// Names the calling thread, for `top -H` and `perf`, and asks for precise timers: the kernel may
/// delay a thread's timers by its slack, 50 µs by default, to save wake-ups. Best effort: without
/// the name a thread is harder to find, and without precise timers the send delay is larger.
private func introduceThread(as name: String) {
    let link = unsafe String(unsafeUninitializedCapacity: 64) { buffer in
        unsafe buffer.withMemoryRebound(to: CChar.self) { buffer in
            unsafe max(readlink("/proc/thread-self", buffer.baseAddress!, buffer.count), 0)
        }
    }
    guard let thread = link.split(separator: "/").last else { return }
    // Linux keeps 15 bytes of a name.
    overwrite("/proc/thread-self/comm", with: String(name.prefix(15)))
    overwrite("/proc/\(thread)/timerslack_ns", with: "1")
}

private func overwrite(_ path: String, with text: String) {
    let file = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    var text = text
    _ = text.withUTF8 { bytes in unsafe write(file, bytes.baseAddress, bytes.count) }
    close(file)
}
