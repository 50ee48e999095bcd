import ArgumentParser
import LoadGenerator

struct ProfilesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profiles",
        abstract: "List the profiles, and explain their settings.",
        subcommands: [List.self, Explain.self, Show.self, Schema.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the profiles with the question that each answers.",
            discussion: "Without a directory, those that the program has: weir run quickstart.")

        @Argument(help: "A directory of profiles.", completion: .directory)
        var directory: String?

        func run() throws {
            let catalog: ProfileCatalog
            do throws(ProfileErrors) {
                catalog =
                    if let directory { try ProfileCatalog(directory: directory) } else { .shipped }
            } catch {
                printError("\(error)")
                throw ExitStatus.of(error)
            }
            let width = catalog.entries.map(\.name.count).max() ?? 0
            var isBroken = false
            for entry in catalog.entries {
                let margin = String(repeating: " ", count: width - entry.name.count + 2)
                switch entry.description {
                case .success(let description):
                    try printOut(entry.name + margin + description)
                case .failure(let errors):
                    isBroken = true
                    printError("\(errors)")
                }
            }
            if isBroken { throw ExitStatus.badProfile }
        }
    }

    struct Explain: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "explain",
            abstract: "Explain each setting, its unit and its default.",
            discussion: "weir profiles explain            every setting\n"
                + "weir profiles explain linger     those whose names contain a word")

        @Argument(help: "A part of a setting's name.")
        var name = ""

        func run() throws {
            let (found, nearest) = SettingExplanation.matching(name)
            guard !found.isEmpty else {
                let hint = nearest.map { "; did you mean \($0)?" } ?? ""
                printError("no setting is called \(name)\(hint)")
                throw ExitCode(64)
            }
            for setting in found {
                try printOut("\(setting.name)\n    \(setting.summary)")
                try printOut("    \(setting.form); default: \(setting.defaultValue)")
                for detail in setting.details { try printOut("    \(detail)") }
                try printOut()
            }
        }
    }

    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "schema",
            abstract: "Print a JSON schema of profiles, for editors.",
            discussion: """
                An editor with a YAML server (VS Code, Neovim, Emacs, JetBrains) completes and checks a \
                profile whose first line names the schema's file:

                  weir profiles schema > weir.schema.json
                  sed -i '1i # yaml-language-server: $schema=weir.schema.json' mine.yaml
                """)

        func run() throws { try printOut(ProfileSchema.text) }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print a profile as it would be run, with every default.",
            discussion: "weir profiles show quickstart > mine.yaml begins a profile of your own.")

        @Argument(
            help: "The profile's file, or the name of one that the program has.",
            completion: .file(extensions: ["yaml", "yml"]))
        var profile: String

        @Option(
            name: .customLong("set"),
            help: ArgumentHelp("Override a setting.", valueName: "key=value"))
        var overrides: [String] = []

        @Option(
            name: .customLong("vary"),
            help: ArgumentHelp(
                "Vary a setting in place of the profile's sweep.", valueName: "key=a,b,c"))
        var vary: [String] = []

        func run() throws {
            let resolved: Profile
            do throws(ProfileErrors) {
                resolved = try Profile(
                    contentsOf: profile, overrides: overrides.map { OptionText($0) },
                    vary: vary.map { OptionText($0) })
            } catch {
                printError("\(error)")
                throw ExitStatus.of(error)
            }
            try printOut(resolved.resolvedYAML(), terminator: "")
        }
    }
}
