import Foundation
import Testing

/// `Golden/errors.txt` is the table of what Weir says of mistakes: a command line, the exit status, and
/// standard error as it is.
@Suite struct `Errors` {
    struct Mistake: CustomTestStringConvertible {
        let line: String
        let status: Int32?
        let text: String

        var testDescription: String { line }

        /// The words of the line, of which some are quoted.
        var words: [String] { Self.words(line) }

        static func words(_ line: String) -> [String] {
            var (words, word, isQuoted, isOpen) = ([String](), "", false, false)
            for character in line.dropFirst("$ weir".count) + " " {
                if character == "'" {
                    isQuoted.toggle()
                    isOpen = true
                } else if character == " ", !isQuoted {
                    if isOpen { words.append(word) }
                    (word, isOpen) = ("", false)
                } else {
                    word.append(character)
                    isOpen = true
                }
            }
            return words
        }
    }

    static let path = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(components: "Golden", "errors.txt").path

    /// Nothing else that a mistake may meet is in the folder.
    static let files = [
        "bad-key.yaml": "duration: 1s\nproducers:\n  config: {lingr.ms: 5ms}\n  cuont: 2\n",
        "bad-value.yaml":
            "duration: 1s\nproducers:\n  rate: 5k/s\n  config: {compression.type: ztsd, batch.size: 16Kb}\n",
        "bad-yaml.yaml": "duration: 1s\nproducers: {rate: 5k/s\n",
        "bad-section.yaml": "producers: 5k/s\n",
        "bad-threshold.yaml": "thresholds: [p99 < 10ms]\n",
        "several.yaml": "warmup: soon\nduration: never\ninterval: 0s\n",
        "bad.properties": "num.partitions=3\nnum.network.thread=2\n",
    ]

    static func workspace() throws -> Workspace {
        let workspace = try Workspace()
        for (name, text) in files { try workspace.write(text, to: name) }
        let bytes = Data([0, 0xFF, 0x80, 7])
        try bytes.write(to: URL(filePath: workspace.path("binary")))
        try FileManager.default.createDirectory(
            atPath: workspace.path("bad"), withIntermediateDirectories: false)
        try workspace.write("durations: 1s\n", to: "bad/mine.yaml")
        return workspace
    }

    static func read() throws -> [Mistake] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var mistakes: [Mistake] = []
        for block in ("\n" + text).components(separatedBy: "\n$ ").dropFirst() {
            let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
            let said = lines.dropFirst(2).joined(separator: "\n")
            mistakes.append(
                Mistake(
                    line: "$ " + lines[0], status: lines.count > 1 ? Int32(lines[1]) : nil,
                    text: said.trimmingCharacters(in: .newlines)))
        }
        return mistakes
    }

    /// What the command says, without the path of the test's folder.
    static func said(_ words: [String], in workspace: Workspace) throws -> (Int32, String) {
        let ended = try Weir(words, in: workspace, drawsPage: true).ended()
        let text = ended.errors.replacing(workspace.path, with: "<folder>")
        return (ended.status, text.trimmingCharacters(in: .newlines))
    }

    /// `WEIR_WRITE_GOLDEN=1` writes the table anew, with the commands that it has.
    @Test func `are those of the table, word for word`() throws {
        let workspace = try Self.workspace()
        let mistakes = try Self.read()
        try #require(mistakes.count > 100)
        var written = ""
        for mistake in mistakes {
            let (status, text) = try Self.said(mistake.words, in: workspace)
            if ProcessInfo.processInfo.environment["WEIR_WRITE_GOLDEN"] == "1" {
                written += "\(mistake.line)\n\(status)\n\(text)\n\n"
                continue
            }
            #expect(status == mistake.status, "\(mistake.line)")
            #expect(text == mistake.text, "\(mistake.line)")
        }
        if !written.isEmpty {
            try written.write(toFile: Self.path, atomically: true, encoding: .utf8)
        }
    }

    @Test func `name the place, the cause and a remedy`() throws {
        // What a remedy has: a name to take, a form, a range, or what to do.
        let remedy =
            /[Dd]id you mean|expected|name |lists|; |between|choose|give|goes? with|write|--help|takes|only|Usage| not |none of|levels|[Nn]ot a |Is a |broken/
        for mistake in try Self.read() {
            #expect([64, 65, 66, 69, 74].contains(mistake.status), "\(mistake.line)")
            for message in mistake.text.split(separator: "\n")
            where message.hasPrefix("weir: ") {
                #expect(
                    (message + (mistake.text.contains("Usage: ") ? "Usage" : "")).contains(remedy),
                    "\(mistake.line)\n\(message)")
            }
            // The word that is wrong, or the option that is missing, stands in the message.
            let places =
                mistake.words + mistake.words.flatMap { $0.split(separator: "=").map(String.init) }
            // Of `latest`, the folder in which it is looked for does.
            let isNamed = (places + ["Results"]).contains {
                !$0.isEmpty && mistake.text.contains($0)
            }
            #expect(isNamed || mistake.words.count <= 1, "\(mistake.line)\n\(mistake.text)")
            #expect(mistake.text.hasPrefix("weir: "), "\(mistake.line)\n\(mistake.text)")
        }
    }

    @Test func `suggest what is accepted`() throws {
        let workspace = try Self.workspace()
        var count = 0
        for mistake in try Self.read() {
            guard
                let suggested = mistake.text.firstMatch(of: /[Dd]id you mean '([^']+)'/)?.1,
                // A file's mistakes are not in the command line.
                !mistake.text.contains(".yaml:"), !mistake.text.contains(".properties:")
            else { continue }
            // The wrong word is quoted, or stands first.
            var wrong = mistake.text.matches(of: /'([^']+)'/).map { String($0.1) }
            wrong.append(String(mistake.text.dropFirst("weir: ".count).prefix { $0 != ":" }))
            let word = try #require(
                wrong.first { wrong in mistake.words.contains { $0.contains(wrong) } },
                "\(mistake.line)\n\(mistake.text)")
            var words = mistake.words.map {
                suggested.contains($0)
                    ? String(suggested) : $0.replacing(word, with: String(suggested))
            }
            // A profile that is right would be run, and a broker would serve.
            if words.first == "run" || words.first == "compare" { words += ["--duration", "no"] }
            if words.first == "serve" { words += ["--log-level", "no"] }
            let (_, text) = try Self.said(words, in: workspace)
            #expect(!text.contains("'\(word)'"), "\(words)\n\(text)")
            #expect(!text.lowercased().contains("did you mean"), "\(words)\n\(text)")
            count += 1
        }
        #expect(count >= 12)
    }
}
