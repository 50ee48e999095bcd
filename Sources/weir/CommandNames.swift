import ArgumentParser
import SettingKeys

/// A first word that is no command: ArgumentParser calls it an unexpected argument.
struct UnknownCommand: Error, CustomStringConvertible {
    let description: String

    /// - Returns: nil if the words begin with a command, an option, or nothing.
    init?(_ words: [String], of command: any ParsableCommand.Type) {
        guard let word = words.first, !word.hasPrefix("-") else { return nil }
        let names = command.configuration.subcommands.map { $0._commandName }
        guard !names.contains(word), word != "help" else { return nil }
        let nearest = NearestName.of(word, among: names)
        description =
            "there is no command '\(word)'; "
            + (nearest.map { "did you mean '\($0)'? The" } ?? "the")
            + " commands are \(names.joined(separator: ", ")); 'weir --help' says what each does"
    }
}
