import Dispatch
import LoadGenerator
import Measurement

/// `weir serve` for one run, on a free port of this machine. It ends with this process, however that
/// ends.
///
/// Thread contract: safe from any thread.
final class BrokerProcess: TargetServer {
    /// Recovery of a large log takes some time.
    private static let startPatience = DispatchTimeInterval.seconds(120)
    private static let endPatience = DispatchTimeInterval.seconds(20)

    private struct State {
        var address: String?
        var lastLine: String?
        /// How the process ended.
        var end: ChildProcess.End?
        var isEnding = false
    }

    let dataDirectory: String
    let address: String
    private let process: ChildProcess
    private let progress: Progress

    /// What the process says, and how it ended.
    private final class Progress: Sendable {
        let state = CheckedMutex(State())
        let hasBegun = DispatchSemaphore(value: 0)
        let hasEnded = DispatchSemaphore(value: 0)

        func take(_ line: String) {
            let isFirst = state.withLock { state in
                guard state.address == nil, let address = Self.address(in: line) else {
                    state.lastLine = line
                    return false
                }
                state.address = address
                return true
            }
            if isFirst { hasBegun.signal() }
        }

        /// The address in `PLAINTEXT listening on 127.0.0.1:43567, advertised as …`.
        private static func address(in line: String) -> String? {
            let words = line.split(separator: " ")
            guard words.count > 3, words[1] == "listening", words[2] == "on",
                words[3].hasSuffix(",")
            else { return nil }
            return String(words[3].dropLast())
        }

        var breakdown: TargetError? {
            state.withLock { state in
                guard let end = state.end, !state.isEnding else { return nil }
                let how =
                    switch end {
                    case .exited(let status): "ended with status \(status)"
                    case .killed(let signal): "was killed by signal \(signal)"
                    }
                let why = state.lastLine.map { ": \($0)" } ?? ""
                return .failed("the broker of this run \(how)\(why)")
            }
        }
    }

    /// Starts the broker, and waits until it listens.
    init(dataDirectory: String) throws(TargetError) {
        self.dataDirectory = dataDirectory
        let progress = Progress()
        self.progress = progress
        do {
            process = try ChildProcess([
                "serve", "--attached", "--data-dir", dataDirectory, "--listen", "127.0.0.1:0",
                "--log-level", "warning",
            ])
        } catch {
            throw .failed("the broker did not start: \(error)")
        }
        DispatchQueue(label: "weir.broker").async { [process] in
            let end = process.end(progress.take)
            progress.state.withLock { $0.end = end }
            progress.hasBegun.signal()
            progress.hasEnded.signal()
        }
        let inTime = progress.hasBegun.wait(timeout: .now() + Self.startPatience) == .success
        guard inTime, let address = progress.state.withLock({ $0.address }) else {
            process.kill()
            throw progress.breakdown ?? .failed("the broker of this run does not start to listen")
        }
        self.address = address
    }

    var breakdown: TargetError? { progress.breakdown }

    func end() throws(TargetError) {
        let wasRunning = progress.state.withLock { state in
            guard state.end == nil else { return false }
            state.isEnding = true
            return true
        }
        guard wasRunning else { return }
        process.letGo()
        guard progress.hasEnded.wait(timeout: .now() + Self.endPatience) == .success else {
            process.kill()
            throw .failed("the broker of this run did not end in time, and was killed")
        }
        let end = progress.state.withLock { $0.end }
        guard end == .exited(0) else {
            throw .failed(
                "the broker of this run did not end cleanly (\(end.map { "\($0)" } ?? ""))")
        }
    }

    /// Ends the broker at once.
    func kill() {
        progress.state.withLock { $0.isEnding = true }
        process.kill()
    }
}
