import Dispatch
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: each ends cleanly what the run is at, its sending or its drain; where nothing
/// is left that could, it ends the program at once.
enum Interrupts {
    private static let count = Atomic<Int>(0)

    /// What the line ends with that is written for an interrupt.
    static let noticeEnd = "; once more ends it at once"

    static var wasInterrupted: Bool { count.load(ordering: .relaxed) > 0 }

    /// Does some work while interrupts are handed to `stop`, which says what it ends by it, or nil
    /// where there is nothing left to end.
    static func handled<Result>(
        by stop: @escaping @Sendable () -> String?, _ work: () throws -> Result
    ) rethrows -> Result {
        let sources = [SIGINT, SIGTERM].map { number in
            // Dispatch hears of the signal only where it is not delivered in the classic way.
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                count.wrappingAdd(1, ordering: .relaxed)
                guard let ending = stop() else { _exit(128 + number) }
                writeToStandardError("\n\(errorPrefix)\(ending)\(noticeEnd)\n")
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
