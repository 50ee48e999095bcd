import Foundation
import Testing

@Suite struct `A profile with a sweep` {
    private static let sweep = "\nsweep: {compression.type: [none, lz4, zstd:1]}\nbaseline: lz4\n"

    private func workspace(_ sweep: String = Self.sweep) throws -> Workspace {
        let workspace = try Workspace()
        try workspace.write(Workspace.profile + sweep, to: "orders.yaml")
        return workspace
    }

    @Test func `is run with its own settings, and says so`() throws {
        let workspace = try workspace()
        let ended = try workspace.run()
        #expect(ended.status == 0)
        #expect(ended.errors.contains("orders.yaml has a sweep of 3 variants"))
        #expect(ended.errors.contains("weir compare orders.yaml"))
        let row = try workspace.summary
        #expect(row["compression_type"] == "zstd" && row["variant"] == "default")
        #expect(try workspace.run("--quiet").errors.isEmpty)
        #expect(try workspace.run("--json").errors.isEmpty)
        // What was run is what is repeated.
        let resolved = try String(contentsOfFile: workspace.result("profile.yaml"), encoding: .utf8)
        #expect(!resolved.contains("sweep") && !resolved.contains("baseline"))
    }

    @Test func `is run as one of its variants by the variant's settings`() throws {
        let workspace = try workspace()
        let row = try workspace.summary("--set", "compression.type=zstd:7")
        #expect(row["compression_type"] == "zstd" && row["compression_level"] == "7")
    }

    @Test func `is shown with its sweep, in a form that reads the same`() throws {
        let workspace = try workspace()
        let shown = try workspace.weir("profiles", "show", "orders.yaml")
        #expect(shown.output.contains("sweep: {compression.type: [none, lz4, \"zstd:1\"]}"))
        try workspace.write(shown.output, to: "orders.yaml")
        #expect(try workspace.weir("profiles", "show", "orders.yaml").output == shown.output)
        let varied = try workspace.weir(
            "profiles", "show", "orders.yaml", "--vary", "linger.ms=0,5ms")
        #expect(varied.output.contains("sweep: {linger.ms: [0, 5ms]}"))
    }

    @Test func `that has a fault in its last variant is refused, with its place`() throws {
        let workspace = try workspace("\nsweep:\n  linger.ms: [1ms, 2ms,\n    3parsec]\n")
        let shown = try workspace.weir("profiles", "show", "orders.yaml")
        #expect(shown.status == 65)
        #expect(shown.errors.contains("orders.yaml:14:5: variant 'linger.ms=3parsec': "))
        let mistyped = try self.workspace("\nsweep: {lingr.ms: [1ms]}\n").run()
        #expect(mistyped.status == 65)
        #expect(mistyped.errors.contains("did you mean 'producers.config.linger.ms'?"))
    }
}
