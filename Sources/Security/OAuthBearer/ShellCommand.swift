internal import CShell
import Glibc

/// A command that `/bin/sh` runs in a process group of its own, with a pipe for what it prints. Its errors go where
/// those of this program go.
///
/// Foundation's `Process` learns of a shell's end only once all have ended that it has left behind; and to start one it
/// lists the open descriptors and copies each entry's name at its full length, so that it reads past the list's end, and
/// may crash, where a server has some 1,360 of them open.
///
/// Thread contract: one owner. Whoever drops it kills the group, if its shell still runs.
struct ShellCommand: ~Copyable {
    struct Fault: Error {
        /// The system's number of it.
        var code: Int32
    }

    /// What it prints is read from this descriptor.
    let output: Int32
    private let id: pid_t
    private var status: Int32?

    init(_ command: String) throws(Fault) {
        var output: Int32 = -1
        let id = unsafe weir_run_shell(command, &output)
        guard id > 0 else { throw Fault(code: -id) }
        self.id = id
        self.output = output
    }

    /// The shell's exit status, or 128 and the signal's number; nil while it runs.
    mutating func exitStatus() -> Int32? {
        if let status { return status }
        var raw: Int32 = 0
        guard unsafe waitpid(id, &raw, WNOHANG) == id else { return nil }
        let signal = raw & 0x7f
        status = signal == 0 ? (raw >> 8) & 0xff : 128 + signal
        return status
    }

    deinit {
        if status == nil {
            kill(-id, SIGKILL)
            waitpid(id, nil, 0)
        }
        close(output)
    }
}
