import Foundation
import Testing

@Suite struct `A run over the network` {
    private func served(in workspace: Workspace) throws -> (weir: Weir, address: String) {
        let weir = try Weir(
            ["serve", "--data-dir", "served", "--listen", "127.0.0.1:0"], in: workspace)
        try weir.wait(until: "it listens") { weir.output.contains("\n") }
        let match = try #require(weir.output.firstMatch(of: /listening on (127\.0\.0\.1:\d+),/))
        return (weir, String(match.1))
    }

    /// The directories of the topic `orders` that a broker has.
    private func partitions(in workspace: Workspace) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: workspace.path("served")).filter {
            $0.hasPrefix("orders-") && !$0.hasSuffix("-delete")
        }
    }

    @Test func `starts a broker of its own, and leaves nothing of it`() throws {
        let workspace = try Workspace()
        let row = try workspace.summary("--set", "target=broker")
        row.expectCleanAudit()
        #expect(row["target"] == "broker")
        #expect(row["in_doubt_records"] == "0")
        #expect(row["fdatasync_calls"].isEmpty)
        #expect(workspace.scratch().isEmpty)
        #expect(2 * (row.number("wire_sent_bytes") ?? 0) > row.number("stored_bytes") ?? 0)
        #expect(row["connections_lost"] == "0" && row["retries"] == "0")
        let slowest = try workspace.table("slowest.csv").rows
        #expect((1...100).contains(slowest.count))
        for record in slowest {
            let stages = ["room_us", "linger_us", "queue_us", "client_us", "target_us"]
                .compactMap(record.number)
            let whole = try #require(record.number("response_latency_us"))
            #expect(stages.count == 5 && abs(stages.reduce(0, +) - whole) < 0.01)
        }
        let gaps = try workspace.table("partitions.csv").rows.map { $0["role"] }
        #expect(Set(gaps) == ["producer", "consumer"])
        let brokers = try workspace.table("brokers.csv").rows
        #expect(brokers.count == 1)
        #expect(brokers[0].number("acked_records") == row.number("acked_records"))
        #expect((brokers[0].number("requests") ?? 0) > 0 && brokers[0]["broker_errors"] == "0")
        #expect(brokers[0]["address"].hasPrefix("127.0.0.1:"))
        let service = try #require(brokers[0].number("service_latency_p99_us"))
        #expect(service > 0 && service <= row.number("service_latency_max_us") ?? 0)
        let leaders = try workspace.table("partitions.csv").rows
        #expect(leaders.allSatisfy { $0["leader"] == brokers[0]["broker"] })
        #expect(leaders.allSatisfy { $0["leader_changes"] == "0" })
    }

    @Test func `loads a cluster, whose topics it makes and deletes`() throws {
        let workspace = try Workspace()
        let (broker, address) = try served(in: workspace)
        let row = try workspace.summary("--bootstrap-server", address)
        row.expectCleanAudit()
        #expect(row["target"] == "kafka")
        #expect(try partitions(in: workspace) == [])
        let kept = try workspace.run("--bootstrap-server", address, "--keep-topics")
        #expect(kept.status == 0, "\(kept.errors)")
        #expect(try partitions(in: workspace).count == 2)
        let refused = try workspace.run("--bootstrap-server", address)
        #expect(refused.status == 65)
        #expect(refused.errors.contains("topics.existing=true"))
        broker.signal(SIGTERM)
        _ = try broker.ended()
    }

    @Test func `that is interrupted deletes its topics, too`() throws {
        let workspace = try Workspace()
        let (broker, address) = try served(in: workspace)
        let weir = try workspace.start(["--bootstrap-server", address, "--duration", "1h"])
        try weir.wait(until: "some intervals are over", workspace.hasReportedIntervals)
        #expect(try partitions(in: workspace).count == 2)
        weir.signal(SIGINT)
        #expect(try weir.ended().status == 130)
        #expect(try partitions(in: workspace) == [])
        broker.signal(SIGTERM)
        _ = try broker.ended()
    }

    @Test func `goes on over a kill and a restart of the broker, and loses nothing`() throws {
        let workspace = try Workspace()
        let (broker, address) = try served(in: workspace)
        let weir = try workspace.start(["--bootstrap-server", address, "--duration", "2s"])
        try weir.wait(until: "some intervals are over", workspace.hasReportedIntervals)
        broker.signal(SIGKILL)
        #expect(try broker.ended().wasKilled)
        let next = try Weir(
            ["serve", "--data-dir", "served", "--listen", address], in: workspace)
        #expect(try weir.ended().status == 0)
        let row = try workspace.summary
        row.expectCleanAudit()
        #expect(row["acked_records"] == "4000")
        #expect(row["consumed_records"] == "4000")
        next.signal(SIGTERM)
        _ = try next.ended()
    }

    @Test
    func `that is killed leaves topics, which clean lists, and removes from their cluster only`()
        throws
    {
        let workspace = try Workspace()
        let (broker, address) = try served(in: workspace)
        let weir = try workspace.start(["--bootstrap-server", address, "--duration", "1h"])
        try weir.wait(until: "some intervals are over", workspace.hasReportedIntervals)
        weir.signal(SIGKILL)
        #expect(try weir.ended().wasKilled)
        let folder = try #require(try workspace.runs.first)
        let file = workspace.path("results/orders/\(folder)/created-topics.txt")
        let note = try String(contentsOfFile: file, encoding: .utf8)
        func clean(_ options: String...) throws -> String {
            try Weir(["clean", "results"] + options, in: workspace).ended().output
        }
        #expect(try clean().contains("name it with --bootstrap-server"))
        #expect(try clean("--bootstrap-server", address).contains("topic orders, of results/"))

        try note.replacing("cluster ", with: "cluster of-others-").write(
            toFile: file, atomically: true, encoding: .utf8)
        #expect(try !clean("--bootstrap-server", address, "--force").contains("topic orders"))
        #expect(try partitions(in: workspace).count == 2)
        try note.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(
            try clean("--bootstrap-server", address, "--force").contains(
                "deleted the topic orders\n"))
        #expect(try partitions(in: workspace) == [])
        broker.signal(SIGTERM)
        _ = try broker.ended()
    }

    @Test func `without anybody there says so, with status 69`() throws {
        let ended = try Workspace().run("--bootstrap-server", "127.0.0.1:1")
        #expect(ended.status == 69)
        #expect(ended.errors.contains("no Kafka broker answers at 127.0.0.1:1"))
    }

    @Test func `whose broker dies ends, with status 69 and what it had`() throws {
        let workspace = try Workspace()
        let weir = try workspace.start(["--set", "target=broker", "--duration", "1h"])
        try weir.wait(until: "some intervals are over", workspace.hasReportedIntervals)
        let broker = try #require(try child(of: weir.processID))
        kill(broker, SIGKILL)
        let ended = try weir.ended()
        #expect(ended.status == 69)
        #expect(ended.errors.contains("the broker of this run was killed by signal 9"))
        #expect(try workspace.summary["verdict"] == "INVALID")
    }

    @Test func `that is killed takes its broker with it`() throws {
        let workspace = try Workspace()
        let weir = try workspace.start(["--set", "target=broker", "--duration", "1h"])
        try weir.wait(until: "some intervals are over", workspace.hasReportedIntervals)
        let broker = try #require(try child(of: weir.processID))
        weir.signal(SIGKILL)
        _ = try weir.ended()
        let end = ContinuousClock.now + Weir.deadline
        while kill(broker, 0) == 0, ContinuousClock.now < end { usleep(5_000) }
        #expect(kill(broker, 0) != 0)
    }

    private func child(of process: Int32) throws -> Int32? {
        let path = "/proc/\(process)/task"
        for thread in try FileManager.default.contentsOfDirectory(atPath: path) {
            let list = try String(contentsOfFile: "\(path)/\(thread)/children", encoding: .utf8)
            if let first = list.split(separator: " ").first { return Int32(first) }
        }
        return nil
    }
}
