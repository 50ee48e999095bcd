import ArgumentParser
struct RooflineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "roofline", abstract: "")
    func run() throws {}
}
