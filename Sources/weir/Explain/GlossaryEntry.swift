import Measurement
import Reporting

/// A word that Weir writes or reads, with what there is to know of it.
struct GlossaryEntry {
    /// What it may be called; its heading is the first.
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

    var name: String { names[0] }

    // MARK: Text

    private static let indent = 4
    private static let labelWidth = 12

    /// The heading, and below it a paragraph each and a line for each fact.
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

    /// In a list of many.
    func shortLine(nameWidth: Int) -> String {
        "  " + name.padding(nameWidth + 2) + (meaning.first ?? "")
    }
}

extension String {
    func padding(_ width: Int) -> String {
        self + String(repeating: " ", count: max(width - count, 1))
    }
}
