import Foundation
import Testing

/// Two hosts on one machine: network namespaces with an Ethernet cable between them. Root's only.
/// Belongs to one test, and is gone with it.
final class TwoHosts {
    struct Failed: Error, CustomStringConvertible { let description: String }

    /// Whether the system lets us make them.
    static let arePossible: Bool = {
        guard geteuid() == 0, let hosts = try? TwoHosts() else { return false }
        withExtendedLifetime(hosts) {}
        return true
    }()

    private static let network = "10.231.77"

    let server: String
    let client: String
    var serverAddress: String { Self.network + ".1" }

    init() throws {
        let name = UUID().uuidString.prefix(6).lowercased()
        server = "weir-\(name)-s"
        client = "weir-\(name)-c"
        for host in [server, client] {
            try Self.ip("netns", "add", host)
            try Self.ip("-n", host, "link", "set", "lo", "up")
        }
        try Self.ip(
            "link", "add", "cable", "netns", server, "type", "veth", "peer", "name", "cable",
            "netns", client)
        for (host, address) in [(server, 1), (client, 2)] {
            try Self.ip(
                "-n", host, "address", "add", "\(Self.network).\(address)/30", "dev", "cable")
            try Self.ip("-n", host, "link", "set", "cable", "up")
        }
    }

    deinit {
        for host in [server, client] { try? Self.ip("netns", "delete", host) }
    }

    /// Whether the cable is plugged in at the server's end. Connections stay open: nobody tells their
    /// ends that nothing arrives.
    func plug(_ isIn: Bool) throws {
        try Self.ip("-n", server, "link", "set", "cable", isIn ? "up" : "down")
    }

    private static func ip(_ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["ip"] + arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(description: "ip \(arguments.joined(separator: " ")) failed")
        }
    }
}

@Suite(
    .enabled(if: TwoHosts.arePossible, "network namespaces (ip netns) need root and iproute2"))
struct `A run between two hosts` {
    @Test func `outlasts ten seconds without a network, and says how long nothing came through`()
        throws
    {
        let hosts = try TwoHosts()
        let workspace = try Workspace()
        let broker = try Weir(
            ["serve", "--data-dir", "served", "--listen", "\(hosts.serverAddress):0"],
            in: workspace, namespace: hosts.server)
        try broker.wait(until: "it listens") { broker.output.contains("\n") }
        let address = try #require(
            broker.output.firstMatch(of: /listening on (10\.231\.77\.1:\d+),/))
        let run = try Weir(
            [
                "run", "orders.yaml", "--out", "results", "--bootstrap-server",
                String(address.1), "--duration", "20s", "--set", "rate=500/s",
            ], in: workspace, namespace: hosts.client)
        try run.wait(until: "it has begun") { workspace.hasReportedIntervals() }
        try hosts.plug(false)
        Thread.sleep(forTimeInterval: 10)
        try hosts.plug(true)
        let ended = try run.ended()
        #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
        let row = try workspace.summary
        row.expectCleanAudit()
        #expect(row["acked_records"] == "10000" && row["consumed_records"] == "10000")
        #expect(row["in_doubt_records"] == "0")
        // The system sends again what was lost at ever longer intervals, so it ends a little later.
        for gap in ["write_gap_max_ms", "read_gap_max_ms"] {
            #expect((9_500..<20_000).contains(row.number(gap) ?? 0), "\(gap) \(row[gap])")
        }
        #expect((row.number("response_latency_max_us") ?? 0) > 9_500_000)
        broker.signal(SIGTERM)
        _ = try broker.ended()
    }
}
