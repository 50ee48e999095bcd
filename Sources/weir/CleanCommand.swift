import ArgumentParser
import LoadGenerator
import Reporting

struct CleanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "List the temporary folders and topics of killed runs, or remove them.",
        discussion: """
            A run keeps its temporary log in data/ of its results folder and removes it at its \
            end. After SIGKILL or a power failure it is still there. Weir marks such folders, and \
            locks them while a command uses them. It removes only marked, unlocked folders: no \
            log in a data.dir of yours, nothing in use, no file of results. A link latest that \
            points at a killed run is changed to the newest run that was not killed.

            A run on a cluster notes the topics that it creates in created-topics.txt of its results \
            folder. With --bootstrap-server, those of killed runs are listed and removed in that \
            cluster; in another cluster, topics of these names are left alone.

              weir clean                                               lists, with sizes
              weir clean --force                                       removes
              weir clean --force --bootstrap-server kafka-1:9092       removes topics, too
            """)

    @Argument(help: "Directories of results.", completion: .directory)
    var directories = ResultsDirectories.usual

    @Flag(name: .shortAndLong, help: "Remove what is listed.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "The cluster from which topics of killed runs are removed.", valueName: "host:port,…"))
    var bootstrapServer: String?

    @OptionGroup
    var commandConfig: CommandConfigOption

    func run() throws {
        try ResultsDirectories.check(directories)
        let left = Leftovers(in: directories)
        for (path, processID) in left.inUse {
            printError(
                "\(path) is in use" + (processID.map { " by process \($0)" } ?? "") + ", and stays")
        }
        // The folders say which runs go on, so topics come first.
        let topics = TopicCleaning(left, in: directories)
        do {
            let hasTopics = try topics.run(
                at: bootstrapServer, client: commandConfig.read()?.settings ?? [:], removes: force)
            try force ? remove(left, hasTopics) : list(left, hasTopics)
        } catch let error as ReportingError {
            printError("\(error)")
            throw ExitStatus.of(error)
        } catch let error as TargetError {
            printError("\(error)")
            throw ExitStatus.of(error)
        }
    }

    private func list(_ left: Leftovers, _ hasTopics: Bool) throws {
        for line in left.lines { try printOut(line) }
        if let summary = left.summary {
            let command =
                ["weir clean --force"]
                + (directories == ResultsDirectories.usual ? [] : directories)
            try printOut("\(summary); remove with: \(command.joined(separator: " "))")
        } else if !hasTopics {
            try printOut("nothing was left in \(places)")
        }
    }

    private func remove(_ left: Leftovers, _ hasTopics: Bool) throws {
        var status = ExitCode.success
        for folder in left.folders {
            do {
                if try Leftovers.remove(folder) { try printOut("removed \(folder.path)") }
            } catch let error as ReportingError {
                status = ExitStatus.of(error)
                printError("\(error)")
            }
        }
        for link in try Leftovers.repairLinks(in: directories) { try printOut("\(link)") }
        if left.folders.isEmpty, !hasTopics { try printOut("nothing was left in \(places)") }
        if status != .success { throw status }
    }

    private var places: String { directories.joined(separator: ", ") }
}
