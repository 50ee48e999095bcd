import ArgumentParser

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain a column, a setting, a verdict or an exit status.",
        discussion: """
            Finds a name, a part of a name, or a name without its unit. Without a word it prints the \
            lists that there are.

              weir explain e2e_latency_p99_us
              weir explain p99
              weir explain linger.ms
              weir explain SUSPECT
              weir explain 97
              weir explain columns

            Exit status: 64 if there is no such name; the nearest names are suggested.
            """)

    @Argument(help: "A name; several words are one name.")
    var word: [String] = []

    /// The most entries that are printed in full.
    private static let mostInFull = 6
    private static let mostRelated = 12

    func run() throws {
        let word = self.word.joined(separator: " ")
        guard !word.isEmpty else { return try printTopics() }
        let glossary = Glossary()
        let topic = ExplainTopic(word)
        let found = glossary.find(word)
        var blocks = found.exact.map(\.lines)
        if let topic { blocks.append(topic.lines) }
        if blocks.isEmpty, found.related.isEmpty {
            let near = glossary.suggestions(
                for: word, topics: ExplainTopic.allCases.map(\.rawValue))
            let hint =
                near.isEmpty
                ? "; 'weir explain' prints the lists that there are"
                : "; did you mean \(near.joined(separator: " or "))?"
            printError("no name matches '\(word)'\(hint)")
            throw ExitCode(64)
        }
        if !blocks.isEmpty {
            if topic == nil, let line = alsoLine(found.related) { blocks.append([line]) }
        } else if found.related.count <= Self.mostInFull {
            blocks = found.related.map(\.lines)
        } else {
            blocks = Self.brief(found.related)
        }
        try printOut(blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n"))
    }

    /// A list for each kind, because two files may have columns of one name.
    private static func brief(_ entries: [GlossaryEntry]) -> [[String]] {
        var kinds: [String] = []
        for entry in entries where !kinds.contains(entry.kind) { kinds.append(entry.kind) }
        return kinds.map { kind in
            let own = entries.filter { $0.kind == kind }
            return ["\(kind):"] + GlossaryEntry.list(own.map { ($0.name, $0.meaning[0]) })
        }
    }

    /// Related names, each once.
    private func alsoLine(_ related: [GlossaryEntry]) -> String? {
        guard !related.isEmpty else { return nil }
        let names = related.map(\.name)
        let left = names.count - Self.mostRelated
        return "See also: " + names.prefix(Self.mostRelated).joined(separator: ", ")
            + (left > 0 ? " and \(left) more" : "")
    }

    private func printTopics() throws {
        let width = ExplainTopic.allCases.map(\.rawValue.count).max() ?? 0
        for topic in ExplainTopic.allCases {
            try printOut("  weir explain " + topic.rawValue.padding(width + 2) + topic.summary)
        }
        try printOut()
        try printOut(
            "or any column, setting, verdict or exit status: weir explain p99, linger.ms, SUSPECT, 97"
        )
    }
}
