import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: the first ends the run cleanly, the second ends the program at once.
enum Interrupts {
    private static let count = Atomic<Int>(0)

    static var wasInterrupted: Bool { count.load(ordering: .relaxed) > 0 }

    /// Does some work while the first interrupt is handed to `stop`.
    static func handled<Result>(
        by stop: @escaping @Sendable () -> Void, _ work: () throws -> Result
    ) rethrows -> Result {
        let sources = [SIGINT, SIGTERM].map { number in
            // Dispatch hears of the signal only where it is not delivered in the classic way.
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                if count.wrappingAdd(1, ordering: .relaxed).oldValue > 0 {
                    _exit(128 + number)
                }
                writeToStandardError("\nweir: ending the run; once more ends it at once\n")
                stop()
            }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            for number in [SIGINT, SIGTERM] { _ = signal(number, SIG_DFL) }
        }
        return try work()
    }
}
