import Dispatch
import Glibc
import Synchronization

/// Handles Ctrl-C, SIGTERM and SIGHUP (a closed terminal or ssh). Each signal ends the current
/// phase of the run, sending or drain; if none is left, it ends the program at once.
enum Interrupts {
    /// The signals that are handled; SIGHUP not if it was ignored at the start, as by `nohup`.
    static let signals = [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])

    private static let count = Atomic<Int>(0)
    private static let isAbandoned = Atomic<Bool>(false)

    /// The end of the line that announces an interrupt.
    static let noticeEnd = "; another signal ends the program at once"

    static var wasInterrupted: Bool { count.load(ordering: .relaxed) > 0 }

    /// Does some work, and calls `stop` at each interrupt meanwhile. `stop` returns the message for
    /// the user, or nil if nothing is left to end.
    ///
    /// - Parameter abandon: removes temporary files before the program ends at once, while the work
    ///   still runs.
    static func handled<Result>(
        by stop: @escaping @Sendable () -> String?,
        abandoning abandon: @escaping @Sendable () -> Void = {}, _ work: () throws -> Result
    ) rethrows -> Result {
        let sources = signals.map { number in
            // Dispatch sees the signal only if it has no classic handler.
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
        // Values that are not handlers are small numbers; SIG_IGN is 1.
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }
}
