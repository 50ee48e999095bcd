import Foundation

/// The drawing program: found in the search path, run once for each picture, with only a script as
/// input.
struct Gnuplot {
    /// Debian's name of the package.
    static let package = "gnuplot-nox"

    private let executable: String
    private static let scriptName = "chart.gp"
    /// Far longer than any chart takes.
    private static let deadline = Duration.seconds(60)

    init() throws(ChartError) {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        let candidates = folders.map { "\($0)/gnuplot" }
        guard
            let found = candidates.first(where: {
                FileManager.default.isExecutableFile(atPath: $0)
            })
        else {
            throw .gnuplotMissing
        }
        executable = found
    }

    /// Draws a chart as `<name>.<format>` in a folder, and replaces an older picture.
    ///
    /// The picture is drawn in `workshop`, a folder on the same filesystem, and moved to its place
    /// when it is complete. Returns its path.
    func draw(
        _ chart: Chart, format: ChartFormat, into folder: String, workshop: String
    ) throws(ChartError) -> String {
        let name = "\(chart.name).\(format.rawValue)"
        let picture = workshop + "/" + name
        try Self.write(
            chart.gnuplotScript(format, output: name), to: workshop + "/" + Self.scriptName)
        try run(chart.name, in: workshop)
        if format == .svg {
            let drawn = try Self.read(picture)
            try Self.write(FinishedSVG.text(drawn, of: chart), to: picture)
        }
        let path = folder + "/" + name
        guard unsafe rename(picture, path) == 0 else {
            throw .inputOutput(operation: "create", path: path, errno: errno)
        }
        return path
    }

    /// Runs the script that lies in a folder, there.
    private func run(_ chart: String, in folder: String) throws(ChartError) {
        let process = Process()
        process.executableURL = URL(filePath: executable)
        // `-d` ignores a user's ~/.gnuplot.
        process.arguments = ["-d", Self.scriptName]
        process.currentDirectoryURL = URL(filePath: folder)
        process.environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("GNU") && !$0.key.hasPrefix("GDFONT")
        }
        let errors = folder + "/errors"
        try Self.write("", to: errors)
        guard let output = FileHandle(forWritingAtPath: errors) else {
            throw .inputOutput(operation: "open", path: errors, errno: errno)
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        do {
            try process.run()
        } catch {
            throw .gnuplotFailed(chart: chart, reason: "\(executable): \(error)")
        }
        let end = ContinuousClock.now + Self.deadline
        while process.isRunning {
            guard ContinuousClock.now < end else {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                throw .gnuplotFailed(chart: chart, reason: "it took longer than a minute")
            }
            usleep(1_000)
        }
        guard process.terminationReason == .exit, process.terminationStatus == 0 else {
            // The last line is the error; those before it repeat the script.
            let said = (try Self.read(errors)).split(separator: "\n").suffix(1)
            throw .gnuplotFailed(chart: chart, reason: said.joined(separator: " "))
        }
    }

    private static func write(_ text: String, to path: String) throws(ChartError) {
        do {
            try Data(text.utf8).write(to: URL(filePath: path))
        } catch {
            throw .inputOutput(operation: "write to", path: path, errno: error.posixCode)
        }
    }

    private static func read(_ path: String) throws(ChartError) -> String {
        do {
            return String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        } catch {
            throw .inputOutput(operation: "read", path: path, errno: error.posixCode)
        }
    }
}
