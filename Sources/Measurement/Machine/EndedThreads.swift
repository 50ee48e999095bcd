import Glibc
import Synchronization

/// The last figures of threads that have ended: `/proc` has them no more, and a reading of the machine between two
/// intervals would miss what they did since the one before.
///
/// Thread contract: safe from any thread.
public final class EndedThreads: Sendable {
    private let threads = Mutex<[Int: ThreadWaits.Thread]>([:])

    public init() {}

    var waits: ThreadWaits { ThreadWaits(threads: threads.withLock { $0 }) }

    /// Called by a thread as the last of its work.
    ///
    /// - Parameter kind: the beginning of its name, by which readings ask for it.
    public func noteThisThread(kind: String) {
        guard let number = Self.thisThread,
            var thread = SystemFile.read("/proc/thread-self/schedstat")
                .flatMap(ThreadWaits.Thread.init(schedstat:))
        else { return }
        // The kernel brings its figure up to date now and then, the clock at once.
        thread.runNanos = max(thread.runNanos, ThreadClock.now())
        thread.kind = kind
        threads.withLock { $0[number] = thread }
    }

    /// Its number, as the kernel counts them.
    private static var thisThread: Int? {
        let link = unsafe String(unsafeUninitializedCapacity: 64) { buffer in
            unsafe buffer.withMemoryRebound(to: CChar.self) { buffer in
                unsafe max(readlink("/proc/thread-self", buffer.baseAddress!, buffer.count), 0)
            }
        }
        return link.split(separator: "/").last.flatMap { Int($0) }
    }
}
