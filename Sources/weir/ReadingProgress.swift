import Foundation
import Reporting

/// Prints how much of a large file has been read, if reading takes more than a moment.
final class ReadingProgress {
    private static let patience = Duration.seconds(1)

    private var display: ProgressDisplay
    private let isTerminal = StandardError.isTerminal
    private var next = ContinuousClock.now + ReadingProgress.patience

    init() {
        display = TerminalOptions.progress(isColoured: false)
    }

    func show(_ file: String, _ share: Double) {
        guard ContinuousClock.now >= next else { return }
        next = ContinuousClock.now + (isTerminal ? .milliseconds(200) : .seconds(5))
        display.show("reading \(file): \(Int(share * 100)) %")
    }

    func clear() { display.clear() }
}
