import Foundation

/// Results as JUnit's XML, which CI servers show as tests: a suite for each run or comparison, and a case
/// for each verdict, threshold and limit on a difference.
public enum JUnitSummary {
    public static func text(_ summaries: [ResultsSummary]) -> String {
        let tests = summaries.reduce(0) { $0 + $1.checks.count }
        let failures = summaries.reduce(0) { $0 + $1.failures }
        let seconds = summaries.reduce(0) { $0 + $1.seconds }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="weir" tests="\(tests)" failures="\(failures)" time="\(number(seconds))">
            \(summaries.map(suite).joined(separator: "\n"))
            </testsuites>

            """
    }

    private static func suite(_ summary: ResultsSummary) -> String {
        var lines = [
            "  <testsuite \(attributes([("name", summary.name), ("tests", "\(summary.checks.count)"), ("failures", "\(summary.failures)"), ("errors", "0"), ("skipped", "0"), ("timestamp", summary.startedAt), ("time", number(summary.seconds))]))>"
        ]
        for check in summary.checks {
            let names = attributes([
                ("name", check.name), ("classname", "weir." + summary.name), ("time", "0"),
            ])
            if check.holds {
                lines.append("    <testcase \(names)/>")
            } else {
                let message = attributes([("message", check.outcome)])
                lines += [
                    "    <testcase \(names)>",
                    "      <failure \(message)>measured \(escaped(check.measured))</failure>",
                    "    </testcase>",
                ]
            }
        }
        let text = ([summary.title] + summary.sentences + ["Results in " + summary.resultsPath])
            .joined(separator: "\n")
        return (lines + ["    <system-out>\(escaped(text))</system-out>", "  </testsuite>"])
            .joined(separator: "\n")
    }

    private static func attributes(_ pairs: [(name: String, value: String)]) -> String {
        pairs.filter { !$0.value.isEmpty || $0.name == "message" }
            .map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: " ")
    }

    /// Also of what XML cannot hold.
    private static func escaped(_ text: String) -> String { HTMLText.escaped(text) }

    private static func number(_ seconds: Double) -> String {
        String(format: "%.3f", locale: nil, seconds)
    }
}
