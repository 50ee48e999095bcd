import Foundation
import Testing

@Suite struct `The serve command` {
    private func start(_ arguments: [String], in workspace: Workspace) throws -> Weir {
        try Weir(["serve"] + arguments, in: workspace)
    }

    /// Starts on a free port, and returns that.
    private func listening(
        _ arguments: [String], in workspace: Workspace
    ) throws -> (weir: Weir, port: Int) {
        let weir = try start(
            ["--data-dir", "data", "--listen", "127.0.0.1:0"] + arguments, in: workspace)
        try weir.wait(until: "it listens") { weir.output.contains("\n") }
        let match = try #require(
            weir.output.firstMatch(of: /^PLAINTEXT listening on 127\.0\.0\.1:(\d+), advertised as/))
        return (weir, try #require(Int(match.1)))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `says where it listens, and ends cleanly on a signal`(_ signal: Int32) throws {
        let workspace = try Workspace()
        let (weir, port) = try listening([], in: workspace)
        #expect(port > 0)
        let start = ContinuousClock.now
        weir.signal(signal)
        let ended = try weir.ended()
        #expect(ended.status == 0)
        #expect(!ended.wasKilled)
        #expect(ContinuousClock.now - start < .seconds(10))
        #expect(ended.errors.contains("stopping"))
        // Written at a clean end only.
        let marker = workspace.path("data/.kafka_cleanshutdown")
        #expect(FileManager.default.fileExists(atPath: marker))
    }

    @Test func `reads a file of settings, with options and --set over it`() throws {
        let workspace = try Workspace()
        try "num.partitions=3\nlisteners=PLAINTEXT://:1\nzookeeper.connect=x\n".write(
            toFile: workspace.path("server.properties"), atomically: true, encoding: .utf8)
        let (weir, _) = try listening(
            [
                "--config", "server.properties", "--set", "num.network.threads=1", "--advertise",
                "kafka.example.com:9",
            ], in: workspace)
        #expect(weir.output.contains("advertised as kafka.example.com:9"))
        #expect(weir.errors.contains("server.properties:3: zookeeper.connect has no meaning here"))
        weir.signal(SIGTERM)
        #expect(try weir.ended().status == 0)
    }

    @Test(arguments: [
        (["--set", "num.partition=3"], "did you mean 'num.partitions'?"),
        (["--set", "num.partitions=0"], "expected a whole number"),
        (["--set", "num.partitions"], "KEY=VALUE is expected"),
        (["--listen", "nowhere:port"], "--listen: listeners=nowhere:port is not allowed"),
    ])
    func `refuses settings that are none`(_ arguments: [String], _ reason: String) throws {
        let weir = try start(["--data-dir", "data"] + arguments, in: Workspace())
        let ended = try weir.ended()
        #expect(ended.status == 65)
        #expect(ended.errors.contains(reason))
    }

    @Test(arguments: [
        ("127.0.0.1:0", false), ("localhost:0", false), (":0", true), ("0.0.0.0:0", true),
    ])
    func `warns once where others than this machine's programs get in`(
        _ place: String, _ isWarned: Bool
    ) throws {
        let weir = try start(["--data-dir", "data", "--listen", place], in: Workspace())
        try weir.wait(until: "it listens") { weir.output.contains("\n") }
        weir.signal(SIGTERM)
        let warnings = try weir.ended().errors.ranges(of: "may read, write and delete everything")
        #expect(warnings.count == (isWarned ? 1 : 0))
    }

    @Test(arguments: [
        (#"GET / HTTP/1.1\r\n\r\n"#, "the client speaks HTTP, not Kafka's protocol"),
        (
            #"\x16\x03\x01\x02\x00\x01"#,
            "speaks TLS, not Kafka's protocol; set security.protocol=PLAINTEXT"
        ),
    ])
    func `names the protocol of a client that speaks another`(_ bytes: String, _ message: String)
        throws
    {
        let (weir, port) = try listening([], in: Workspace())
        let client = Process()
        client.executableURL = URL(filePath: "/bin/bash")
        client.arguments = ["-c", "printf '\(bytes)' > /dev/tcp/127.0.0.1/\(port)"]
        try client.run()
        client.waitUntilExit()
        try weir.wait(until: "it complains") { weir.errors.contains(message) }
        weir.signal(SIGTERM)
        #expect(try weir.ended().status == 0)
    }

    @Test func `explains every setting that it takes`() throws {
        let ended = try Workspace().weir("serve", "--explain")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(
            ended.output.contains(
                """
                num.partitions
                    The partitions of a topic that is created without a number of them.
                    INT, a whole number from 1 to 2147483647; default: 1; read at the start

                """))
        for name in [
            "log.retention.hours", "log.cleaner.backoff.ms", "cleanup.policy", "group.max.size",
            "ssl.client.auth", "listener.name.NAME.plain.sasl.jaas.config",
        ] {
            #expect(ended.output.contains("\n\(name)\n    "), "\(name)")
        }
        #expect(ended.output.contains("default: 604800000; can be altered while running"))
    }

    @Test func `needs a directory`() throws {
        let ended = try start([], in: Workspace()).ended()
        #expect(ended.status == 65)
        #expect(ended.errors.contains("--data-dir"))
    }

    @Test func `says that the port or the directory is another's`() throws {
        let workspace = try Workspace()
        let (first, port) = try listening([], in: workspace)
        let samePort = try start(
            ["--data-dir", "other", "--listen", "127.0.0.1:\(port)"], in: workspace
        ).ended()
        #expect(samePort.status == 69)
        #expect(samePort.errors.contains("cannot listen on 127.0.0.1:\(port)"))
        let sameDirectory = try start(
            ["--data-dir", "data", "--listen", "127.0.0.1:0"], in: workspace
        ).ended()
        #expect(sameDirectory.status == 69)
        #expect(sameDirectory.errors.contains("in use by process \(first.processID)"))
        first.signal(SIGTERM)
        #expect(try first.ended().status == 0)
    }

    @Test func `says what recovery could not keep`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary("--set", "data.dir=data")
        try workspace.tearSegment(of: "data")
        let (weir, _) = try listening([], in: workspace)
        weir.signal(SIGTERM)
        let errors = try weir.ended().errors
        #expect(errors.contains("before records that were durable: the disk lost or damaged them"))
        #expect(errors.contains("bytes behind that were no whole batches, and are gone"))
        #expect(errors.contains("the bytes end early"))
        // Once is enough.
        let (again, _) = try listening([], in: workspace)
        again.signal(SIGTERM)
        #expect(try !again.ended().errors.contains("durable"))
    }
}
