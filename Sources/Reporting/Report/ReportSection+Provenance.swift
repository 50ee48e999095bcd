import Foundation

extension ReportSection {
    /// `environment.json` of any version.
    static func environment(_ environment: JSONValue?) -> ReportSection {
        var section = ReportSection(anchor: "environment", title: "Environment")
        guard let environment else {
            section.absence = "No environment.json in this folder: the machine is unknown."
            return section
        }
        var table = ReportTable("Machine and versions", columns: [.text(""), .text("value")])
        add(environment, under: [], to: &table)
        section.tables = [table]
        section.paragraphs = ["Figures of different machines are not comparable."]
        return section
    }

    private static func add(_ value: JSONValue, under path: [String], to table: inout ReportTable) {
        switch value {
        case .object(let members):
            // The command line is under “Repeat it”.
            for (key, member) in members.sorted(by: { $0.key < $1.key })
            where key != commandLineKey {
                add(member, under: path + [key], to: &table)
            }
        case .list(let items):
            for (index, item) in items.enumerated() {
                add(item, under: path + ["\(index + 1)"], to: &table)
            }
        case .null: break
        case .boolean(let isTrue): table.add([title(path), isTrue ? "yes" : "no"])
        case .text(let text): table.add([title(path), text])
        case .number(let number):
            table.add([title(path), ColumnText.value(number, column: path.last ?? "")])
        }
    }

    private static let commandLineKey = "command_line"

    private static func title(_ path: [String]) -> String {
        ColumnText.label(path.joined(separator: ", "))
    }

    /// How to repeat the run, and the profile with every default.
    /// - Parameter verb: of the command that takes the profile; nil for one that takes none.
    static func repetition(of results: SavedResults, verb: String?) -> ReportSection {
        var section = ReportSection(anchor: "repeat", title: "Repeat it")
        if let verb, let profile = results.profileYAML {
            let file = ShellText.quoted(ShellText.shortest(results.path) + "/profile.yaml")
            section.commands.append(
                ReportCommand(
                    purpose: "The profile as resolved, every default as it was then:",
                    line: "weir \(verb) \(file)"))
            if let payload = profile.firstMatch(of: /(?m)^  file: (?!null$)(.+)$/) {
                section.paragraphs.append(
                    "The payload is the file \(payload.1): the same bytes must lie there.")
            }
            section.listing = ReportListing(
                listingTitle: "The resolved profile, profile.yaml", text: profile)
        } else if verb != nil {
            section.absence = "No profile.yaml in this folder: the settings are unknown."
        }
        if case .list(let words)? = results.environment?[commandLineKey] {
            let line = words.compactMap(\.text).map(ShellText.quoted).joined(separator: " ")
            section.commands.append(
                ReportCommand(purpose: "It was started by:", line: line))
        }
        return section
    }
}

/// Quotes words for a POSIX shell.
enum ShellText {
    static func quoted(_ word: String) -> String {
        let isPlain =
            !word.isEmpty
            && word.unicodeScalars.allSatisfy { scalar in
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || "._-/:=,+@%".unicodeScalars.contains(scalar)
            }
        return isPlain ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
    }

    /// A folder's path without links; relative if it is below the working directory.
    static func shortest(_ path: String) -> String {
        let full = URL(filePath: path).resolvingSymlinksInPath().standardizedFileURL.path
        let here =
            URL(filePath: FileManager.default.currentDirectoryPath)
            .resolvingSymlinksInPath().path + "/"
        return full.hasPrefix(here) ? String(full.dropFirst(here.count)) : full
    }
}
