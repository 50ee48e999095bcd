import Foundation
import Testing

@Suite struct `The profiles command` {
    @Test func `refuses a profile that is empty, and says so in every command`() throws {
        let workspace = try Workspace()
        try workspace.write("", to: "cut.yaml")
        for command in [
            ["run", "cut.yaml"], ["compare", "cut.yaml"], ["profiles", "show", "cut.yaml"],
        ] {
            let ended = try Weir(command, in: workspace).ended()
            #expect(ended.status == 65 && ended.output.isEmpty)
            #expect(ended.errors.contains("cut.yaml:1:1: the file sets nothing"))
        }
    }

    @Test func `lists the shipped profiles with their questions`() throws {
        let ended = try Workspace().weir("profiles", "list", Repository.file("Profiles").path)
        #expect(ended.status == 0)
        let lines = ended.output.split(separator: "\n")
        let names = lines.compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(
            names == [
                "backlog", "batching", "compression", "durability", "fan-out", "latency",
                "many-partitions", "orders",
                "quickstart", "signups", "soak", "throughput-100b", "throughput-1kb",
            ])
        #expect(lines.allSatisfy { $0.hasSuffix("?") })
    }

    @Test func `lists what it can beside a bad profile`() throws {
        let workspace = try Workspace()
        try workspace.write("durations: 1s\n", to: "bad.yaml")
        let ended = try workspace.weir("profiles", "list", ".")
        #expect(ended.status == 65)
        #expect(ended.output.contains("orders"))
        #expect(ended.errors.contains("bad.yaml:1"))
    }

    @Test func `explains a setting with its unit and default`() throws {
        let ended = try Workspace().weir("profiles", "explain", "linger")
        #expect(ended.status == 0)
        #expect(ended.output.contains("producers.config.linger.ms"))
        #expect(ended.output.contains("default:"))
    }

    @Test func `explains every setting where none is named`() throws {
        let ended = try Workspace().weir("profiles", "explain")
        #expect(ended.status == 0, "\(ended.errors)")
        for name in ["warmup", "producers.config.linger.ms", "consumers.*.group", "thresholds"] {
            #expect(ended.output.contains("\(name)\n    "), "\(name)")
        }
    }

    @Test func `explains which setting a mistyped name is nearest to`() throws {
        let ended = try Workspace().weir("profiles", "explain", "lingr")
        #expect(ended.status == 64)
        #expect(ended.errors.contains("did you mean producers.config.linger.ms?"))
    }

    @Test func `shows a profile with every default, in a form that reads the same`() throws {
        let workspace = try Workspace()
        let shown = try workspace.weir("profiles", "show", "orders.yaml", "--set", "rate=7/s")
        #expect(shown.status == 0)
        #expect(shown.output.contains("batch.size"))
        #expect(try workspace.weir("profiles", "show", "orders.yaml").output != shown.output)
        try workspace.write(shown.output, to: "orders.yaml")
        #expect(try workspace.weir("profiles", "show", "orders.yaml").output == shown.output)
    }
}
