import ArgumentParser
import Reporting

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List results, with their verdict, rate, latency, compression ratio and size.",
        discussion: """
            Prints one line for each run or comparison, with the lowest and the highest figure of \
            several runs. p99 is that of the end-to-end latency, or of the response latency if \
            there were no consumers. RUNNING marks a folder that a command uses, UNFINISHED one \
            whose command was killed.

              weir ls
              weir ls Results/orders
            """)

    @Argument(help: "Directories of results, or results folders.", completion: .directory)
    var directories = ResultsDirectories.usual

    func run() throws {
        try ResultsDirectories.check(directories)
        let lines = ResultsListing.lines(of: directories)
        for line in lines { try printOut(line) }
        if lines.isEmpty { printError("no results in \(directories.joined(separator: ", "))") }
        if let summary = Leftovers(in: directories).summary {
            printError("left behind: \(summary); weir clean lists what can be removed")
        }
    }
}
