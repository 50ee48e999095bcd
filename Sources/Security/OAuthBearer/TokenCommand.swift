import Dispatch
internal import Foundation

/// A command of the shell that prints a token.
enum TokenCommand {
    private static let maximumByteCount = 128 << 10

    /// Runs it, and returns what it printed. Blocks. Its errors go where those of this program go.
    static func output(of command: String, timeoutMs: Int64) throws(TokenFault) -> [UInt8] {
        let name = "sasl.oauthbearer.token.command"
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", command]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            throw .lasting("\(name) cannot be run: \(error.localizedDescription)")
        }
        let watch = DispatchWorkItem { process.terminate() }
        DispatchQueue.global().asyncAfter(
            deadline: .now() + .milliseconds(Int(timeoutMs)), execute: watch)
        var bytes: [UInt8] = []
        while let part = try? output.fileHandleForReading.read(upToCount: 16 << 10),
            !part.isEmpty
        {
            bytes += part
            guard bytes.count <= maximumByteCount else {
                process.terminate()
                break
            }
        }
        process.waitUntilExit()
        watch.cancel()
        guard process.terminationReason == .exit, process.terminationStatus == 0,
            bytes.count <= maximumByteCount
        else {
            throw .passing(
                "\(name) gave no token: it ended with status \(process.terminationStatus), took longer "
                    + "than \(timeoutMs) ms, or printed too much")
        }
        return bytes
    }
}
