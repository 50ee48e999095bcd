import ArgumentParser
import Measurement

/// The options that label the runs of a command.
struct LabelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A word that names the results in comparisons and on pages, for the column label.",
            valueName: "name"))
    var label: String?

    @Option(
        name: .customLong("tag"),
        help: ArgumentHelp(
            "A fact about the results, for the column tags. May be given several times.",
            valueName: "key=value"))
    var tags: [String] = []

    var isGiven: Bool { label != nil || !tags.isEmpty }

    func validate() throws {
        do {
            _ = try RunLabels(label: label, tags: tags)
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// As validated.
    var labels: RunLabels { get throws { try RunLabels(label: label, tags: tags) } }
}
