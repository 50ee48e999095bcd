import Foundation
import RecordFormat
import Testing

@testable import LoadGenerator

private enum Kcat {
    static let isInstalled =
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .contains { FileManager.default.isExecutableFile(atPath: "\($0)/kcat") }
}

@Suite(
    "The command that fetches a record",
    .enabled(if: Kcat.isInstalled, "kcat is not installed"), .serialized)
struct FetchCommandTests {
    /// What a shell prints for a command, which may take 20 s.
    private static func output(of command: String) throws -> String {
        let shell = Process()
        let pipe = Pipe()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", "timeout -s KILL 20 " + command]
        shell.standardOutput = pipe
        shell.standardError = FileHandle.nullDevice
        try shell.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0, "\(command)")
        return String(decoding: data, as: UTF8.self)
    }

    @Test("prints that record and no other when it is run")
    func fetches() async throws {
        let broker = try LocalBroker()
        try broker.broker.log.createTopic("orders", partitions: 3)
        let profile = try KafkaTargetTests.profile(
            broker.address, ["topics.existing=true", "records=300", "consumers=[]"])
        _ = try await KafkaTargetTests.run(profile)
        let commands = try await onThread {
            let target = try KafkaTarget(profile: profile, created: KafkaTargetTests.created())
            try target.refreshOffsets()
            let places = target.partitions.indices.map {
                RecordPlace(
                    partition: target.partitions[$0],
                    offset: target.logEndOffset(of: $0).advanced(by: -2))
            }
            let commands = places.map { target.fetchCommand(for: $0) }
            try target.close()
            return Array(zip(places, commands))
        }
        #expect(commands.count == 3)
        for (place, command) in commands {
            let all = try Self.output(
                of: "kcat -C -b \(broker.address) -t orders -p \(place.partition.partition) "
                    + "-o beginning -e -q"
            ).split(separator: "\n")
            let printed = try Self.output(of: try #require(command)).split(separator: "\n")
            #expect(all.count > 2)
            #expect(printed == [all[Int(try #require(place.offset).rawValue)]])
        }
        try broker.end()
    }
}
