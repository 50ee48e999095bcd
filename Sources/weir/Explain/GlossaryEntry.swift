import Measurement
import Reporting

/// An entry of `weir explain`: its names, meaning and facts.
struct GlossaryEntry {
    /// Its names; the first is the heading.
    var names: [String]
    /// `column of summary.csv`, `setting of a profile`, …
    var kind: String
    /// Sentences.
    var meaning: [String]
    var facts: [Fact] = []

    struct Fact: Equatable {
        let label: String
        let text: String

        init(_ label: String, _ text: String) {
            self.label = label
            self.text = text
        }
    }

    static let settingKind = "setting of a profile"

    var name: String { names[0] }

    // MARK: Text

    private static let indent = 4
    private static let labelWidth = 12

    /// The heading, then a paragraph for each meaning and a line for each fact.
    var lines: [String] {
        let facts = facts.flatMap { fact -> [String] in
            let label = fact.label.padding(Self.labelWidth)
            let text = SummaryReport.wrapped(fact.text, indent: Self.indent + Self.labelWidth)
            let first = String(text[0].dropFirst(Self.indent + Self.labelWidth))
            let margin = String(repeating: " ", count: Self.indent)
            return [margin + label + first] + text.dropFirst()
        }
        return ["\(name) (\(kind))"]
            + meaning.flatMap { SummaryReport.wrapped($0, indent: Self.indent) } + facts
    }

    /// Names with their meanings beside them, no wider than a terminal.
    static func list(_ entries: [(name: String, meaning: String)]) -> [String] {
        let widths = entries.map(\.name.count)
        let width = (widths.filter { $0 <= longestBeside }.max() ?? 0) + 2
        return entries.flatMap { name, meaning -> [String] in
            let text = SummaryReport.wrapped(meaning, indent: width + 2)
            guard name.count <= longestBeside else { return ["  " + name] + text }
            return ["  " + name.padding(width) + text[0].dropFirst(width + 2)] + text.dropFirst()
        }
    }

    /// The longest name that is printed beside its meaning; a longer one has a line of its own.
    private static let longestBeside = 34
}

extension String {
    func padding(_ width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 1))
    }
}
