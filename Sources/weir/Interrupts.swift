import Dispatch
import Glibc
import Synchronization

/// Ctrl-C, SIGTERM and SIGHUP (a terminal or an ssh that goes): each ends cleanly what the run is at, its
/// sending or its drain; where nothing is left that could, it ends the program at once.
enum Interrupts {
    /// Those that are handled. Under `nohup` the last is not, which was asked for.
    static let signals = [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])

    private static let count = Atomic<Int>(0)
    private static let isAbandoned = Atomic<Bool>(false)

    /// What the line ends with that is written for an interrupt.
    static let noticeEnd = "; once more ends it at once"

    static var wasInterrupted: Bool { count.load(ordering: .relaxed) > 0 }

    /// Does some work while interrupts are handed to `stop`, which says what it ends by it, or nil
    /// where there is nothing left to end.
    ///
    /// - Parameter abandon: clears up before the program ends at once, while the work goes on.
    static func handled<Result>(
        by stop: @escaping @Sendable () -> String?,
        abandoning abandon: @escaping @Sendable () -> Void = {}, _ work: () throws -> Result
    ) rethrows -> Result {
        let sources = signals.map { number in
            // Dispatch hears of the signal only where it is not delivered in the classic way.
            _ = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                count.wrappingAdd(1, ordering: .relaxed)
                guard let ending = stop() else {
                    // Two signals may come at the same time.
                    guard !isAbandoned.exchange(true, ordering: .relaxed) else { return }
                    abandon()
                    _exit(ExitStatus.interrupted.rawValue)
                }
                writeToStandardError("\n\(errorPrefix)\(ending)\(noticeEnd)\n")
            }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            for number in signals { _ = signal(number, SIG_DFL) }
        }
        return try work()
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(number, nil, &action) == 0 else { return false }
        // The handlers that are none are small numbers; SIG_IGN is 1.
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}
