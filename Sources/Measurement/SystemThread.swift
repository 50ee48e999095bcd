internal import CThreadAffinity
import Glibc

/// A thread of the system, which must be joined.
///
/// Measuring threads are not tasks: a task may wait for a free thread of its pool, and that wait
/// would be measured.
public struct SystemThread: ~Copyable, Sendable {
    private let handle: pthread_t

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts `body` on a thread of its own.
    public init(_ body: @escaping @Sendable () -> Void) throws(ThreadError) {
        let context = unsafe Unmanaged.passRetained(Body(body))
        var handle = pthread_t()
        let status = unsafe pthread_create(
            &handle, nil,
            { context in
                unsafe Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, context.toOpaque())
        guard status == 0 else {
            unsafe context.release()
            throw ThreadError(errno: status)
        }
        self.handle = handle
    }

    /// Keeps the calling thread on the core that it runs on: a thread that moves finds cold caches. Returns whether
    /// the system allowed it. Threads that it starts later stay there, too.
    @discardableResult
    public static func stayOnCore() -> Bool { weir_stay_on_core() >= 0 }

    /// Waits until the body has returned.
    public consuming func join() {
        pthread_join(handle, nil)
    }
}

/// The system could not create a thread.
public struct ThreadError: Error, Equatable, CustomStringConvertible {
    public let errno: Int32

    public var description: String {
        "the system could not create a thread (errno \(errno)); check the limit on processes (ulimit -u)"
    }
}
