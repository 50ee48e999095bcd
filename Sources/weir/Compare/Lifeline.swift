import Dispatch
import Glibc

/// The child's end of the pipe from its comparison: its standard input, to which nothing is
/// written.
///
/// The pipe ends when the comparison closes it to end the run, and when the comparison dies. Then
/// the run ends as by Ctrl-C, and if it does not end in time the process ends, so that no orphan
/// keeps loading the machine.
enum Lifeline {
    /// The time for the sending; then the drain is ended, too.
    private static let drainPatience = DispatchTimeInterval.seconds(5)
    /// The time for sending and drain; then the run is given up and removes its temporary files.
    private static let patience = DispatchTimeInterval.seconds(10)
    /// The time for all of this; then the process ends.
    private static let lastPatience = DispatchTimeInterval.seconds(20)

    /// Watches standard input from now on.
    static func holdOn() {
        // A closed standard error must not kill the process before it cleans up.
        _ = signal(SIGPIPE, SIG_IGN)
        DispatchQueue.global().async {
            waitForEnd()
            let queue = DispatchQueue.global()
            queue.asyncAfter(deadline: .now() + drainPatience) { kill(getpid(), SIGINT) }
            queue.asyncAfter(deadline: .now() + patience) { kill(getpid(), SIGINT) }
            queue.asyncAfter(deadline: .now() + lastPatience) {
                _exit(ExitStatus.interrupted.rawValue)
            }
            // If the run is not under way, the signal's default action ends the process.
            kill(getpid(), SIGINT)
        }
    }

    private static func waitForEnd() {
        var byte: UInt8 = 0
        while true {
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count == 0 || (count < 0 && errno != EINTR) { return }
        }
    }
}
