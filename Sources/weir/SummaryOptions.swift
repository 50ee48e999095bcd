import ArgumentParser
import Reporting

/// `--summary`: results in the form of another program, besides the files of the results folder.
struct SummaryOptions: ParsableArguments {
    /// A form, and where it goes.
    struct Target: ExpressibleByArgument {
        enum Form: String, CaseIterable {
            case markdown, junit
        }

        let form: Form
        /// Nil for standard output, in place of the report for people.
        let path: String?

        init?(argument: String) {
            let parts = argument.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let form = Form(rawValue: String(parts[0])), parts.count == 1 || !parts[1].isEmpty
            else { return nil }
            self.form = form
            path = parts.count > 1 ? String(parts[1]) : nil
        }

        static var allValueStrings: [String] { [] }
    }

    @Option(
        name: .customLong("summary"),
        help: ArgumentHelp(
            "Results as markdown, for a merge request or $GITHUB_STEP_SUMMARY, or as junit, for a CI.",
            discussion: """
                markdown or junit, on standard output in place of the report; or with =FILE into a file: \
                markdown is added to its end, junit replaces it. In junit, each verdict, threshold and \
                --fail-if is a test. May be given several times.
                """,
            valueName: "form=file"))
    var targets: [Target] = []

    /// Whether the report for people has no place.
    var isOnOutput: Bool { targets.contains { $0.path == nil } }

    func validate() throws {
        guard targets.count(where: { $0.path == nil }) <= 1 else {
            throw ValidationError(
                "one --summary goes to standard output; write the other to a file: --summary junit=weir.xml"
            )
        }
    }

    func validate(besidesJSON isJSON: Bool) throws {
        guard !isJSON || !isOnOutput else {
            throw ValidationError(
                "--json and --summary both print; write the summary to a file: --summary junit=weir.xml"
            )
        }
    }

    /// Writes the summaries of all that a command has run. One that cannot be written is an error, and keeps
    /// no other from being written.
    /// - Returns: 74 where one could not be written.
    func write(_ summaries: [ResultsSummary]) -> ExitCode {
        guard !summaries.isEmpty else { return .success }
        var status = ExitCode.success
        for target in targets {
            let text =
                switch target.form {
                case .markdown: summaries.map(MarkdownSummary.text).joined(separator: "\n")
                case .junit: JUnitSummary.text(summaries)
                }
            guard let path = target.path else {
                let shown = Result { try printNow(text, terminator: "") }
                status = ExitStatus.graver(status, ExitStatus.of(shown))
                continue
            }
            do throws(TextFile.Failure) {
                try TextFile.write(text, to: path, adds: target.form == .markdown)
            } catch {
                printError("\(path): the summary cannot be written: \(error)")
                status = ExitStatus.graver(status, ExitStatus.inputOutput)
            }
        }
        return status
    }
}
