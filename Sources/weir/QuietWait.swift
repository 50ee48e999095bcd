import ArgumentParser
import LoadGenerator
import Measurement

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

    /// Waits, and prints for what. If the machine stays busy, that is printed too and the run
    /// starts anyway; its verdict says how the run was disturbed.
    func wait(for directory: String) {
        guard let seconds = try? seconds() else { return }
        let isQuiet = QuietMachine(directory: directory).wait(
            upTo: seconds, isCancelled: { Interrupts.wasInterrupted },
            report: { writeToStandardError("waiting for a quiet machine: \($0)\n") })
        if !isQuiet, !Interrupts.wasInterrupted {
            printError(
                "the machine did not become quiet within \(bound ?? ""); running anyway")
        }
    }
}
