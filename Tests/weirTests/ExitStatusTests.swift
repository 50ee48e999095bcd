import Foundation
import Testing

@Suite struct `Exit status` {
    @Test func `0 for a run that went well`() throws {
        let workspace = try Workspace()
        try workspace.summary().expectCleanAudit()
    }

    @Test(arguments: [
        ["run", "orders.yaml", "--no-such-option"], ["run"], ["no-such-command"],
        ["roofline", "--slices", "0"], ["dump-log", "orders.yaml"],
        ["profiles", "explain", "no-such-setting"],
    ])
    func `64 for what cannot be meant`(_ arguments: [String]) throws {
        let ended = try Weir(arguments, in: Workspace()).ended()
        #expect(ended.status == 64)
        #expect(ended.output.isEmpty)
        #expect(!ended.errors.isEmpty)
    }

    @Test func `65 for a mistyped key, with its place and what was meant`() throws {
        let workspace = try Workspace()
        let profile = Workspace.profile.replacing("linger.ms", with: "lingr.ms")
        try workspace.write(profile, to: "orders.yaml")
        let ended = try workspace.run()
        #expect(ended.status == 65)
        #expect(ended.errors.contains("orders.yaml:5:"))
        #expect(ended.errors.contains("'lingr.ms'"))
        #expect(ended.errors.contains("'linger.ms'"))
        #expect(!FileManager.default.fileExists(atPath: workspace.path("results")))
    }

    @Test(arguments: [
        ["--set", "producers.rate=fast"], ["--set", "no.such.setting=1"], ["--duration", "10"],
    ])
    func `65 for an override that cannot be`(_ options: [String]) throws {
        let workspace = try Workspace()
        #expect(try workspace.start(options).ended().status == 65)
    }

    @Test func `66 for a profile that is not there`() throws {
        let ended = try Workspace().weir("run", "nowhere.yaml")
        #expect(ended.status == 66)
        #expect(ended.errors.contains("nowhere.yaml"))
    }

    @Test func `65 before the first of several profiles is run, where the last is bad`() throws {
        let workspace = try Workspace()
        try workspace.write("durations: 1s\n", to: "bad.yaml")
        let ended = try workspace.weir("run", "orders.yaml", "bad.yaml", "--out", "results")
        #expect(ended.status == 65)
        #expect(!FileManager.default.fileExists(atPath: workspace.path("results")))
    }

    @Test func `69 for a log that another process has open, saying which`() throws {
        let workspace = try Workspace()
        let holder = try workspace.start(["--duration", "1h", "--set", "data.dir=data"])
        try holder.wait(until: "the log is open", workspace.hasReportedIntervals)
        let ended = try workspace.run("--set", "data.dir=data")
        #expect(ended.status == 69)
        #expect(ended.errors.contains("in use by process \(holder.processID)"))
    }

    @Test func `69 for a kept log with fewer partitions`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary("--set", "data.dir=data")
        let ended = try workspace.run("--set", "data.dir=data", "--set", "topics.partitions=4")
        #expect(ended.status == 69)
        #expect(ended.errors.contains("fewer partitions"))
    }

    @Test func `74 for results that have no place`() throws {
        let workspace = try Workspace()
        let ended = try workspace.weir("run", "orders.yaml", "--out", "orders.yaml/results")
        #expect(ended.status == 74)
        #expect(ended.errors.contains("orders.yaml/results: Not a directory"))
    }

    @Test func `66 for a segment that is not there`() throws {
        let ended = try Workspace().weir("dump-log", "00000000000000000000.log")
        #expect(ended.status == 66)
        #expect(ended.errors.contains("00000000000000000000.log"))
    }
}
