import ArgumentParser
import LoadGenerator
import Measurement
import Reporting

/// The option to wait for a quiet machine before a run.
struct QuietWaitOptions: ParsableArguments {
    @Option(
        name: .customLong("wait-quiet"),
        help: ArgumentHelp(
            "Before each run, wait until nothing else disturbs the machine, at most this long (10m).",
            valueName: "duration"))
    var bound: String?

    func validate() throws {
        _ = try seconds()
    }

    private func seconds() throws -> Double? {
        guard let bound else { return nil }
        do {
            return try Duration(bound, option: "--wait-quiet") / .seconds(1)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// Waits, and prints what disturbs the machine. If it stays busy, prints that and returns; the
    /// run's verdict shows the disturbance.
    ///
    /// - Parameter limit: the longest wait, where it is less than the option's.
    func wait(for directory: String, atMost limit: Duration? = nil) {
        guard let bound = try? seconds() else { return }
        let seconds = min(bound, limit.map { $0 / .seconds(1) } ?? bound)
        let isQuiet = QuietMachine(directory: directory).wait(
            upTo: seconds, isCancelled: { Interrupts.wasInterrupted },
            report: { writeToStandardError("waiting for a quiet machine: \($0)\n") })
        if !isQuiet, !Interrupts.wasInterrupted {
            printError(
                "the machine did not become quiet within \(SearchCost.text(seconds: seconds)); "
                    + "running anyway")
        }
    }
}
