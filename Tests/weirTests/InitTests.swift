import Foundation
import Testing

@Suite struct `The init command` {
    @Test func `writes a profile that runs, from its options`() throws {
        let workspace = try Workspace()
        let ended = try workspace.weir(
            "init", "mine.yaml", "--rate", "2k/s", "--size", "200", "--codec", "zstd:3",
            "--duration",
            "500ms")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output == "mine.yaml is written; run it with: weir run mine.yaml\n")
        let text = try String(contentsOfFile: workspace.path("mine.yaml"), encoding: .utf8)
        #expect(text.contains("  rate: 2k/s\n") && text.contains("compression.type: zstd:3\n"))
        let run = try workspace.weir(
            "run", "mine.yaml", "--out", "results", "--set", "warmup=0s", "--set",
            "payload.pool=1MiB",
            "--quiet")
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("0 lost"))
    }

    @Test func `takes a file of records and a cluster, and prints to standard output`() throws {
        let workspace = try Workspace()
        try workspace.write("a\nb\n", to: "app.log")
        let ended = try workspace.weir(
            "init", "-", "--sample", "app.log", "--target", "kafka-1:9092,kafka-2:9092")
        #expect(ended.status == 0, "\(ended.errors)")
        try workspace.write(ended.output, to: "made.yaml")
        let shown = try workspace.weir("profiles", "show", "made.yaml")
        #expect(shown.status == 0, "\(shown.errors)")
        for line in [
            "target: kafka", "bootstrap.servers: \"kafka-1:9092,kafka-2:9092\"", "file: app.log",
        ] {
            #expect(shown.output.contains(line), "\(line)\n\(shown.output)")
        }
    }

    @Test func `has defaults for what nobody answers`() throws {
        let workspace = try Workspace()
        #expect(try workspace.weir("init").status == 0)
        #expect(
            try workspace.weir("profiles", "show", "weir.yaml").output.contains("rate: 20000/s"))
    }

    @Test func `leaves a file that is there, without --force`() throws {
        let workspace = try Workspace()
        let ended = try workspace.weir("init", "orders.yaml")
        #expect(ended.status == 65)
        #expect(
            ended.errors.contains(
                "orders.yaml: the file is there; name another one, or give --force"))
        #expect(try workspace.weir("profiles", "show", "orders.yaml").output.contains("2000/s"))
        #expect(try workspace.weir("init", "orders.yaml", "--force").status == 0)
    }

    @Test(arguments: [
        (["--rate", "fast"], "weir: --rate fast: producers.rate: expected a rate such as"),
        (["--codec", "ztsd"], "--codec ztsd: "), (["--target", "kafak"], "did you mean 'kafka'?"),
        (["--target", "kafka-1:99999"], "port 99999 is above 65535"),
        (["--size", "big"], "--size big: payload.size"),
        (["--duration", "10"], "'10' has no unit"),
    ])
    func `refuses an answer by the option that gave it`(_ options: [String], _ message: String)
        throws
    {
        let workspace = try Workspace()
        let ended = try Weir(["init", "mine.yaml"] + options, in: workspace).ended()
        #expect(ended.status == 65)
        #expect(ended.errors.contains(message), "\(ended.errors)")
        #expect(!FileManager.default.fileExists(atPath: workspace.path("mine.yaml")))
    }
}

@Suite struct `The environment` {
    @Test func `gives settings and the directory of results, which options override`() throws {
        let workspace = try Workspace()
        let environment = ProcessInfo.processInfo.environment.merging([
            "WEIR_SET_COMPRESSION_TYPE": "lz4", "WEIR_SET_PRODUCERS_RATE": "1k/s",
            "WEIR_OUT": "elsewhere",
        ]) { $1 }
        let ended = try Weir(
            ["run", "orders.yaml", "--rate", "2k/s", "--json"], in: workspace,
            environment: environment
        ).ended()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains("\"compression_type\": \"lz4\""))
        #expect(ended.output.contains("\"results_path\": \"elsewhere/orders/"))
        #expect(ended.output.contains("\"acked_records\": 1000"))
    }

    @Test func `does not silently lose against what a comparison varies`() throws {
        let environment = ProcessInfo.processInfo.environment.merging([
            "WEIR_SET_COMPRESSION_TYPE": "lz4"
        ]) { $1 }
        let ended = try Weir(
            ["compare", "orders.yaml", "--vary", "compression.type=none,zstd"], in: Workspace(),
            environment: environment
        ).ended()
        #expect(ended.status == 65)
        #expect(
            ended.errors.hasPrefix(
                "weir: WEIR_SET_COMPRESSION_TYPE=lz4: every variant of the sweep sets compression.type"
            ))
    }
}
