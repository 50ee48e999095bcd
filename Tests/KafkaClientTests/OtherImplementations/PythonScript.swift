import Foundation
import Testing

/// A script in `Interop/`, run by the Python that has other implementations of the protocol.
struct PythonScript {
    static let python = ProcessInfo.processInfo.environment["WEIR_TEST_PYTHON"]
    static let comment: Comment = "set WEIR_TEST_PYTHON to a Python with the clients"

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()

    /// Starts it.
    init(_ name: String, _ arguments: String...) throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(components: "Interop", name)
        process.executableURL = URL(filePath: try #require(Self.python))
        process.arguments = ["-B", script.path] + arguments
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
    }

    /// The first line that it prints.
    func line() throws -> String {
        var line = Data()
        while true {
            let byte = output.fileHandleForReading.readData(ofLength: 1)
            guard !byte.isEmpty, byte != Data("\n".utf8) else { break }
            line += byte
        }
        return try #require(String(data: line, encoding: .utf8))
    }

    /// Lets it end, and returns what else it printed.
    func finish(sourceLocation: SourceLocation = #_sourceLocation) throws -> Data {
        try input.fileHandleForWriting.close()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaints = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(
            process.terminationStatus == 0, "\(String(decoding: complaints, as: UTF8.self))",
            sourceLocation: sourceLocation)
        return printed
    }

    /// The values of a topic by partition, as another implementation reads them.
    static func values(
        client: String, bootstrap: String, topic: String, count: Int
    ) throws -> [Int: [String]] {
        let script = try PythonScript("read_values.py", client, bootstrap, topic, String(count))
        let printed = try script.finish()
        let values = try JSONDecoder().decode([String: [String]].self, from: printed)
        return Dictionary(uniqueKeysWithValues: values.map { (Int($0.key) ?? -1, $0.value) })
    }
}
