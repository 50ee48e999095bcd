import Foundation
import Testing

@Suite struct `Advice on a stored log` {
    @Test
    func `says what each topic is stored with and what others would save, and changes nothing`()
        throws
    {
        let workspace = try Workspace()
        let ran = try workspace.run(
            "--set", "data.dir=kept", "--set", "compression.type=none", "--duration", "300ms")
        try #require(ran.status == 0, "\(ran.errors)")
        try workspace.write("core_hour: 0.05\ngb_month: 0.1\n", to: "prices.txt")
        let before = try Self.files(workspace.path("kept"))
        let ended = try workspace.weir(
            "advise", "--log-dir", "kept", "--topic", "orders", "--all", "--budget", "300ms",
            "--prices", "prices.txt", "--replication", "2", "--out", "results")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains("kept stores "))
        #expect(ended.output.contains("orders: "))
        #expect(ended.output.contains("stored with none at a ratio of 1.00"))
        #expect(try Self.files(workspace.path("kept")) == before)
        let folder = "results/log-kept/latest/"
        let topics = try workspace.csv(folder + "topics.csv").rows
        #expect(topics.map { $0["topic"] } == ["orders"])
        #expect(topics[0].number("saved_bytes")! > 0.3 * topics[0].number("stored_bytes")!)
        #expect(topics[0]["undecodable_batches"] == "0")
        let codecs = try workspace.csv(folder + "codecs.csv").rows
        #expect(codecs.allSatisfy { $0["topic"] == "orders" })
        #expect(codecs.contains { $0["stored_batches"] == "4" })
        #expect(try #require(topics[0].number("time_span_s")) > 0.2)
        let costs = try workspace.csv(folder + "costs.csv").rows
        #expect(costs.count > 1 && costs.allSatisfy { $0["topic"] == "orders" })
        #expect(costs.allSatisfy { $0.number("cost_per_month")! > 0 })
        #expect(ended.output.contains("At these prices, with replication 2 and 1 consumer group,"))
    }

    @Test func `goes on with the other topics where one cannot be read`() throws {
        let workspace = try Workspace()
        let ran = try workspace.run("--set", "data.dir=kept", "--duration", "300ms")
        try #require(ran.status == 0, "\(ran.errors)")
        // A directory in place of a segment can be listed, but not read.
        let broken = workspace.path("kept/broken-0/00000000000000000000.log")
        try FileManager.default.createDirectory(
            atPath: broken + "/in", withIntermediateDirectories: true)
        let ended = try workspace.weir(
            "advise", "--log-dir", "kept", "--budget", "300ms", "--out", "results")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains("topics were measured; the others were not:"))
        #expect(ended.output.contains("  - broken: "))
        #expect(ended.output.contains("orders: "))
    }

    private static func files(_ folder: String) throws -> [String: Int] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return try names.reduce(into: [:]) { sizes, name in
            let attributes = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            sizes[name] = attributes[.size] as? Int
        }
    }

    @Test(arguments: [
        (["--log-dir", "."], 65, "no log directory"),
        (["--log-dir", "missing"], 66, "missing"),
        (["--log-dir", ".", "--codecs"], 64, "runs no load: --codecs does not go with it"),
        (["--log-dir", ".", "--label", "a", "--tag", "b=c"], 64, "--label, --tag do not go"),
        (["--log-dir", ".", "--retention", "3d"], 64, "--retention does not go"),
        (
            ["--log-dir", ".", "--consumers", "2", "--replication", "2"], 64,
            "--replication without --prices, --consumers without --prices do not go"
        ),
        (["--topic", "orders"], 64, "go with --log-dir"), ([], 64, "name a file of records"),
        (["-"], 64, "standard input can be read only once"),
    ])
    func `is not given without one`(
        _ options: [String], _ status: Int, _ message: String
    ) throws {
        let ended = try Weir(["advise"] + options, in: Workspace()).ended()
        #expect(Int(ended.status) == status && ended.errors.contains(message), "\(ended.errors)")
    }
}

@Suite struct `A comparison of one profile` {
    @Test func `without anything to vary is refused, with what could be varied`() throws {
        let ended = try Weir(["compare", "orders.yaml"], in: Workspace()).ended()
        #expect(ended.status == 64)
        #expect(ended.errors.contains("weir compare orders.yaml --vary compression.type="))
        #expect(ended.errors.contains("weir compare orders.yaml --against "))
    }
}
