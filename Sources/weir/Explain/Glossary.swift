import LoadGenerator
import Measurement
import Reporting
import SettingKeys

/// Every word that `weir explain` knows, made of the tables that the program itself goes by: figures,
/// columns, settings, verdicts and exit statuses. It has no text of its own.
struct Glossary {
    let entries: [GlossaryEntry]

    init() {
        entries =
            Self.files + Self.columns + Self.settings + Self.verdicts + Self.exitStatuses
    }

    // MARK: The entries

    static let files: [GlossaryEntry] = TableDescription.all.map { table in
        let stem = String(table.fileName.split(separator: ".")[0])
        return GlossaryEntry(
            names: [table.fileName, stem], kind: "file of results",
            meaning: ["It holds \(table.holds)."],
            facts: [.init("columns", table.columns.map(\.name).joined(separator: ", "))])
    }

    /// A column that means the same in several files is there once.
    static let columns: [GlossaryEntry] = {
        var entries: [(entry: GlossaryEntry, files: [String])] = []
        for table in TableDescription.all {
            for column in table.columns {
                let figure =
                    table.fileName == SummaryRow.fileName ? RunFigure.named(column.name) : nil
                let entry = GlossaryEntry(column, figure)
                let same = entries.firstIndex {
                    $0.entry.name == entry.name && $0.entry.meaning == entry.meaning
                        && $0.entry.facts == entry.facts
                }
                if let same {
                    entries[same].files.append(table.fileName)
                } else {
                    entries.append((entry, [table.fileName]))
                }
            }
        }
        return entries.map { entry, files in
            var entry = entry
            entry.kind = "column of " + files.joined(separator: ", ")
            return entry
        }
    }()

    static let settings: [GlossaryEntry] = SettingExplanation.all.map { setting in
        GlossaryEntry(
            names: [setting.name] + setting.shortNames, kind: GlossaryEntry.settingKind,
            meaning: [setting.summary] + setting.details,
            facts: [.init("write", setting.form), .init("default", setting.defaultValue)])
    }

    static let verdicts: [GlossaryEntry] = Verdict.allCases.map { verdict in
        GlossaryEntry(
            names: [verdict.rawValue], kind: "verdict", meaning: [verdict.meaning])
    }

    static let exitStatuses: [GlossaryEntry] = ExitStatus.all.map { status, meaning in
        GlossaryEntry(
            names: ["\(status)", "exit status \(status)"], kind: "exit status",
            meaning: [meaning])
    }

    // MARK: Finding

    /// What a word finds.
    struct Found {
        /// Called so.
        var exact: [GlossaryEntry] = []
        /// With the word as a part of their name; where something is called so, also those whose
        /// meaning mentions it.
        var related: [GlossaryEntry] = []
    }

    func find(_ word: String) -> Found {
        let key = Self.key(word)
        guard !key.isEmpty else { return Found() }
        let exact = entries.filter { $0.names.contains { Self.key($0) == key } }
        let rest = entries.filter { entry in !exact.contains { $0.names == entry.names } }
        let parts = Self.parts(key)
        let byPart = rest.filter { Self.parts(Self.key($0.name)).containsRun(parts) }
        if !exact.isEmpty {
            let mentioning = rest.filter { entry in
                entry.meaning.contains { $0.contains("`\(word)`") }
                    && !byPart.contains { $0.names == entry.names }
            }
            return Found(exact: exact, related: mentioning + byPart)
        }
        let bySetting = rest.filter { $0.isVaried(as: key) }
        if !bySetting.isEmpty { return Found(exact: bySetting) }
        if !byPart.isEmpty { return Found(related: byPart) }
        return Found(related: rest.filter { key.count > 1 && Self.key($0.name).contains(key) })
    }

    private static let mostSuggestions = 3

    /// Names near to a word that finds nothing, the nearest first.
    func suggestions(for word: String, topics: [String]) -> [String] {
        var candidates = topics + entries.flatMap(\.names)
        var found: [String] = []
        while found.count < Self.mostSuggestions,
            let name = NearestName.of(word, among: candidates)
        {
            found.append(name)
            candidates.removeAll { $0 == name }
        }
        // A part of a longer name: `lingr` of linger.ms, `hicup` of hiccup_max_ms.
        let dotted = Dictionary(
            entries.map { ($0.name.replacing("_", with: "."), $0.name) },
            uniquingKeysWith: { first, _ in first })
        let near = NearestName.byComponents(of: word, among: dotted.keys.sorted())
        if found.count < Self.mostSuggestions, let name = near.flatMap({ dotted[$0] }),
            !found.contains(name)
        {
            found.append(name)
        }
        return found
    }

    /// Words are compared without regard to case, and blanks and hyphens stand for `_`.
    private static func key(_ word: String) -> String {
        String(word.lowercased().map { $0 == " " || $0 == "-" ? "_" : $0 })
    }

    private static func parts(_ key: String) -> [Substring] {
        key.split { $0 == "_" || $0 == "." || $0 == "*" }
    }
}

extension GlossaryEntry {
    /// Whether a setting is what a comparison calls so in its columns: `set_linger_ms`.
    fileprivate func isVaried(as column: String) -> Bool {
        kind == Self.settingKind && column.hasPrefix(ColumnDescription.settingPrefix)
            && names.contains { Sweep.columnName(of: $0) == column }
    }
}

extension SettingExplanation {
    /// The ends of its name that name it alone: `linger.ms`.
    fileprivate var shortNames: [String] {
        let parts = name.split(separator: ".")
        return (1..<max(parts.count, 1)).map { parts[$0...].joined(separator: ".") }
            .filter { Self.matching($0).found == [self] }
    }
}

extension Array where Element: Equatable {
    fileprivate func containsRun(_ run: [Element]) -> Bool {
        !run.isEmpty && run.count <= count
            && (0...(count - run.count)).contains { Array(self[$0..<($0 + run.count)]) == run }
    }
}
