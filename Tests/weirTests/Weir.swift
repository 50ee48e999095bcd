import Foundation
import Testing

/// The built executable as a child process: what a user types, and what comes of it.
///
/// Its output goes to files, so that a child never waits for a reader. A child that still runs when the
/// last reference goes is killed. Belongs to one test.
final class Weir {
    struct Ended {
        let status: Int32
        /// Whether a signal ended it; then `status` is the signal's number.
        let wasKilled: Bool
        let output: String
        let errors: String
    }

    struct TookTooLong: Error, CustomStringConvertible {
        let description: String
    }

    /// Far beyond what any test takes: a shared machine may be slow, a hang is a hang.
    static let deadline = Duration.seconds(300)

    private let process = Process()
    /// Kept, or the files that it writes to would go with it.
    private let workspace: Workspace
    private let outputPath: String
    private let errorsPath: String

    var processID: Int32 { process.processIdentifier }

    /// Starts `weir` with some arguments in a workspace.
    /// - Parameters:
    ///   - environment: nil for the test's own.
    ///   - drawsPage: charts and report.html take longer than the runs of most tests.
    ///   - outputPath: where standard output goes; nil for a file of its own.
    ///   - ignoresHangup: as under `nohup`.
    ///   - namespace: of the network (`ip netns`), in which it runs.
    init(
        _ arguments: [String], in workspace: Workspace, environment: [String: String]? = nil,
        drawsPage: Bool = false, outputPath: String? = nil,
        ignoresHangup: Bool = false, namespace: String? = nil
    ) throws {
        self.workspace = workspace
        let name = UUID().uuidString
        self.outputPath = outputPath ?? workspace.path("\(name).out")
        errorsPath = workspace.path("\(name).err")
        process.executableURL = Self.executable
        let couldDraw = ["run", "compare", "advise"].contains(arguments.first)
        process.arguments = arguments + (couldDraw && !drawsPage ? ["--no-report"] : [])
        if ignoresHangup {
            process.executableURL = URL(filePath: "/bin/sh")
            process.arguments =
                ["-c", "trap '' HUP; exec \"$0\" \"$@\"", Self.executable.path]
                + (process.arguments ?? [])
        }
        if let namespace {
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments =
                ["ip", "netns", "exec", namespace, Self.executable.path]
                + (process.arguments ?? [])
        }
        process.currentDirectoryURL = URL(filePath: workspace.path)
        if let environment { process.environment = environment }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.file(self.outputPath)
        process.standardError = try Self.file(errorsPath)
        try process.run()
    }

    deinit {
        if process.isRunning { signal(SIGKILL) }
    }

    /// It stands beside the test's own executable.
    static let executable: URL = {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appending(component: "weir")
    }()

    /// Whether the program that draws charts is there.
    static let findsGnuplot =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/gnuplot")
        }

    private static func file(_ path: String) throws -> FileHandle {
        if !FileManager.default.fileExists(atPath: path) {
            try Data().write(to: URL(filePath: path))
        }
        return try FileHandle(forWritingTo: URL(filePath: path))
    }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// What it has written so far.
    var output: String {
        // A device has no end.
        outputPath.hasPrefix("/dev/")
            ? "" : (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? ""
    }
    var errors: String { (try? String(contentsOfFile: errorsPath, encoding: .utf8)) ?? "" }

    /// Waits for a condition, which must come true while the child runs.
    func wait(until what: String, _ condition: () throws -> Bool) throws {
        let end = ContinuousClock.now + Self.deadline
        while try !condition() {
            guard process.isRunning, ContinuousClock.now < end else {
                throw TookTooLong(description: "waited in vain until \(what): \(output)\(errors)")
            }
            usleep(5_000)
        }
    }

    func ended() throws -> Ended {
        let end = ContinuousClock.now + Self.deadline
        while process.isRunning {
            guard ContinuousClock.now < end else {
                throw TookTooLong(description: "weir does not end: \(output)\(errors)")
            }
            usleep(2_000)
        }
        return Ended(
            status: process.terminationStatus,
            wasKilled: process.terminationReason == .uncaughtSignal, output: output, errors: errors)
    }
}
