import Dispatch
import Glibc

/// A child's end of the pipe that ties it to its comparison: standard input, which nobody writes to.
///
/// It ends when the comparison lets go of it, to have the run ended, and when the comparison is
/// gone, however that died. Either way the run ends as by Ctrl-C, and at once where it does not get
/// round to it: no orphan goes on loading the machine.
enum Lifeline {
    /// For a drain, which is then ended, too.
    private static let drainPatience = DispatchTimeInterval.seconds(5)
    /// For all of it; a run that is not through by then is given up, and clears up.
    private static let patience = DispatchTimeInterval.seconds(10)
    /// For that.
    private static let lastPatience = DispatchTimeInterval.seconds(20)

    /// Watches standard input from now on.
    static func holdOn() {
        // Progress that nobody reads any more is no reason to die without clearing up.
        _ = signal(SIGPIPE, SIG_IGN)
        DispatchQueue.global().async {
            waitForEnd()
            let queue = DispatchQueue.global()
            queue.asyncAfter(deadline: .now() + drainPatience) { kill(getpid(), SIGINT) }
            queue.asyncAfter(deadline: .now() + patience) { kill(getpid(), SIGINT) }
            queue.asyncAfter(deadline: .now() + lastPatience) {
                _exit(ExitStatus.interrupted.rawValue)
            }
            // Where the run is not under way, the signal's own action ends the process.
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
