import Glibc

/// How wide lines for people may be.
public enum TerminalWidth {
    /// Where nothing is known of the terminal, as in a file.
    public static let usual = 100
    private static let allowed = 60...400

    /// Of standard output: what `COLUMNS` says, else what the terminal does, else `usual`.
    public static var ofOutput: Int { of(STDOUT_FILENO) }

    /// Of standard error, likewise.
    public static var ofError: Int { of(STDERR_FILENO) }

    private static func of(_ descriptor: Int32) -> Int {
        of(
            environment: unsafe getenv("COLUMNS").map { unsafe String(cString: $0) },
            asked: asked(descriptor))
    }

    /// - Parameters:
    ///   - environment: the value of `COLUMNS`.
    ///   - asked: what the terminal says; 0 if there is none.
    static func of(environment: String?, asked: Int) -> Int {
        if let columns = environment.flatMap({ Int($0) }), columns > 0 { return clamped(columns) }
        return asked > 0 ? clamped(asked) : usual
    }

    private static func clamped(_ columns: Int) -> Int {
        min(max(columns, allowed.lowerBound), allowed.upperBound)
    }

    private static func asked(_ descriptor: Int32) -> Int {
        var size = winsize()
        let isKnown = unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
        return isKnown ? Int(size.ws_col) : 0
    }
}
