import CommitLog
import Logging
import NIOCore

/// Limits log messages that any client can provoke to a few lines a second.
/// Thread contract: any thread.
final class LogLimiter: Sendable {
    private struct State {
        var windowEnd = NIODeadline.uptimeNanoseconds(0)
        var written = 0
        var suppressed = 0
    }

    static let linesPerWindow = 5
    static let window = TimeAmount.seconds(1)

    private let logger: Logger
    private let state = Locked(State())

    init(_ logger: Logger) { self.logger = logger }

    func warning(_ message: @autoclosure () -> String, now: NIODeadline = .now()) {
        log(.warning, message(), nil, now)
    }

    func info(
        _ message: @autoclosure () -> String, metadata: @autoclosure () -> Logger.Metadata,
        now: NIODeadline = .now()
    ) {
        log(.info, message(), metadata(), now)
    }

    private func log(
        _ level: Logger.Level, _ message: @autoclosure () -> String,
        _ metadata: @autoclosure () -> Logger.Metadata?, _ now: NIODeadline
    ) {
        let (isWanted, suppressed) = state.withLock { state -> (Bool, Int) in
            if now >= state.windowEnd {
                state.windowEnd = now + Self.window
                state.written = 0
            }
            guard state.written < Self.linesPerWindow else {
                state.suppressed += 1
                return (false, 0)
            }
            state.written += 1
            defer { state.suppressed = 0 }
            return (true, state.suppressed)
        }
        guard isWanted else { return }
        if suppressed > 0 { logger.log(level: level, "\(suppressed) more such lines were omitted") }
        logger.log(level: level, "\(message())", metadata: metadata())
    }
}

extension String {
    private static let longestInLine = 64

    /// A name that a client made up, for a line of the log: the beginning, in quotes and without line breaks.
    var forLogLine: String {
        String(reflecting: String(decoding: utf8.prefix(Self.longestInLine), as: UTF8.self))
    }
}
