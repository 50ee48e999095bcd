import Foundation
import Testing

@Suite struct `A log that is kept` {
    private static func consumer(from: String, group: String = "readers") -> String {
        "consumers=[{group: \(group), from: \(from)}]"
    }

    @Test func `is resumed where the group left off, or replayed by another`() throws {
        let workspace = try Workspace()
        let committed = Self.consumer(from: "committed")
        for _ in 0..<2 {
            let row = try workspace.summary("--set", "data.dir=data", "--set", committed)
            row.expectCleanAudit()
            #expect(row["consumed_records"] == "1000")
        }
        let replay = Self.consumer(from: "earliest", group: "auditors")
        let row = try workspace.summary("--set", "data.dir=data", "--set", replay)
        // Records of earlier runs are read, and are no fault.
        row.expectCleanAudit()
    }

    @Test func `is dumped, batch by batch and record by record`() throws {
        let workspace = try Workspace()
        _ = try workspace.summary("--set", "data.dir=data")
        var records = 0.0
        for segment in try workspace.segments(of: "data") {
            let dump = try workspace.weir("dump-log", "--records", segment)
            #expect(dump.status == 0)
            #expect(dump.output.contains("compression zstd"))
            let lines = dump.output.split(separator: "\n")
            let printed = lines.filter { $0.hasPrefix("  offset ") }
            #expect(printed.allSatisfy { $0.contains("OrderPlaced") })
            #expect(recordCount(dump.output) == Double(printed.count))
            records += Double(printed.count)
        }
        #expect(records == 1000)
    }

    @Test func `that lost its end is called so by the run that appends to it`() throws {
        let workspace = try Workspace()
        let sound = try workspace.run("--set", "data.dir=data")
        #expect(!sound.errors.contains("durable"))
        try workspace.tearSegment(of: "data")
        let ended = try workspace.run("--set", "data.dir=data")
        #expect(ended.status == 0)
        #expect(ended.errors.contains("before records that were durable: the disk lost or damaged"))
        try workspace.summary.expectCleanAudit()
    }

    @Test func `that was damaged is called so by the dump and by the run that reads it`() throws {
        let workspace = try Workspace()
        let committed = Self.consumer(from: "committed")
        _ = try workspace.summary("--set", "data.dir=data", "--set", committed)
        let segment = try workspace.segments(of: "data")[0]
        let file = try FileHandle(forUpdating: URL(filePath: workspace.path(segment)))
        // In the records of the first batch: its header, 61 bytes, stays as it was.
        try file.seek(toOffset: 90)
        let byte = try #require(try file.read(upToCount: 1)?.first)
        try file.seek(toOffset: 90)
        try file.write(contentsOf: [byte ^ 1])
        try file.close()

        let dump = try workspace.weir("dump-log", "--verify", segment)
        #expect(dump.status == 98)
        #expect(dump.output.contains("position 0: DAMAGED"))

        // A copy of what is sound, which no repair overwrites.
        for status in [98, 74] as [Int32] {
            let repair = try workspace.weir("dump-log", "--verify", "--repair", "saved", segment)
            #expect(repair.status == status)
            #expect(repair.output.contains("position 0: left out") == (status == 98))
        }
        let name = try #require(segment.split(separator: "/").last)
        #expect(try workspace.weir("dump-log", "--verify", "saved/\(name)").status == 0)

        // Who resumes behind the damage reads only what is new, and never meets it.
        try workspace.summary("--set", "data.dir=data", "--set", committed).expectCleanAudit()

        // The flushed part of a log that was closed cleanly is not scanned at the start: a
        // consumer's checksum finds it.
        let ended = try workspace.run(
            "--set", "data.dir=data", "--set", Self.consumer(from: "earliest", group: "auditors"),
            "--threshold", "corrupt == 0")
        // A threshold that failed too says less.
        #expect(ended.status == 98)
        let row = try workspace.summary
        #expect(row["thresholds_failed"] == "1")
        #expect(row["verdict"] == "INVALID")
        #expect(try #require(row.number("corrupt")) > 0)
        #expect(row["lost"] == "0")
    }
}

@Suite struct `A backlog` {
    @Test func `is built while consumers pause, drained, and ends the run`() throws {
        let workspace = try Workspace()
        let profile = Workspace.profile
            .replacing("duration: 500ms", with: "backlog: {bytes: 2MiB}")
            .replacing("rate: 2k/s", with: "rate: max")
            // Without a disk to wait for, a debug build's generator is the limit, and says so.
            .replacing("partitions: 2", with: "partitions: 2, config: {flush.messages: 1}")
            .replacing("group: readers", with: "group: readers, members: 2")
        try workspace.write(profile, to: "orders.yaml")
        let row = try workspace.summary()
        row.expectCleanAudit()
        #expect(row["loop"] == "closed")
        #expect(try #require(row.number("stored_bytes")) >= 2_097_152)
        #expect(row["consumed_records"] == row["acked_records"])
        #expect(try #require(row.number("drain_s")) > 0)
        #expect(row["lag_records_max"] == row["acked_records"])
    }
}
