import ArgumentParser
import Glibc
import Reporting

/// The option for colours, which only a terminal gets by default.
struct TerminalOptions: ParsableArguments {
    enum Color: String, CaseIterable, ExpressibleByArgument {
        case auto, always, never
    }

    @Option(
        help: "Colours: auto is those of a terminal, unless NO_COLOR is set; always; never.")
    var color = Color.auto

    /// Whether a stream of the process gets colours.
    func hasColours(_ descriptor: Int32) -> Bool {
        switch color {
        case .always: true
        case .never: false
        case .auto:
            // https://no-color.org: any value that is not empty.
            isatty(descriptor) == 1 && (Self.variable("NO_COLOR") ?? "").isEmpty
                && Self.variable("TERM") != "dumb"
        }
    }

    /// A text for people, on standard output.
    func painted(_ text: String) -> String {
        let isASCII = isatty(STDOUT_FILENO) == 1 && !TerminalText.isUTF8(Self.variable)
        let text = isASCII ? TerminalText.ascii(text) : text
        return hasColours(STDOUT_FILENO) ? TerminalText.coloured(text) : text
    }

    /// Where progress is shown: standard error.
    var progress: ProgressDisplay { Self.progress(isColoured: hasColours(STDERR_FILENO)) }

    static func progress(isColoured: Bool) -> ProgressDisplay {
        ProgressDisplay(
            isTerminal: StandardError.isTerminal && variable("TERM") != "dumb",
            width: TerminalWidth.ofError,
            isColoured: isColoured, isBlockOpen: { StandardError.isBlockOpen },
            output: StandardError.writeProgress)
    }

    static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
