import Foundation
import Testing

/// What a run stores, against `Scripts/check-stored-bytes`: a parser, a batch builder and codecs that
/// share nothing with Weir. It knows a few cases that a debug build has done in time; the others are for
/// `--all`.
@Suite(
    .enabled(
        if: ProcessInfo.processInfo.environment["WEIR_TEST_PYTHON"] != nil,
        "set WEIR_TEST_PYTHON to a Python with kafka-python and the codecs"))
struct `What a run stores` {
    @Test func `is the user's records, and not a byte besides`() throws {
        let workspace = try Workspace()
        let repository = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let script = repository.appending(path: "Scripts/check-stored-bytes/check.py")
        let process = Process()
        process.executableURL = URL(
            filePath: try #require(ProcessInfo.processInfo.environment["WEIR_TEST_PYTHON"]))
        process.arguments = ["-B", script.path, "--weir", Weir.executable.path]
        let printed = workspace.path("cases.txt")
        try Data().write(to: URL(filePath: printed))
        let output = try FileHandle(forWritingTo: URL(filePath: printed))
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = output
        try process.run()
        process.waitUntilExit()
        let text = try String(contentsOfFile: printed, encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(text)")
        // A script that checked nothing would not have failed either.
        #expect(text.contains("cases are as they should be."))
    }
}
