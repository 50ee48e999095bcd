import Foundation
import Glibc
import Testing

/// A small filesystem in memory, mounted for one test.
private final class SmallDisk {
    let path: String

    init(in workspace: Workspace, byteCount: Int) throws {
        path = workspace.path("disk")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try #require(unsafe mount("tmpfs", path, "tmpfs", 0, "size=\(byteCount)") == 0)
    }

    deinit { unsafe umount2(path, Int32(MNT_DETACH)) }
}

@Suite(.enabled(if: geteuid() == 0, "mounting a small filesystem takes root"))
struct `A full disk` {
    @Test func `makes a run whose log has no room left invalid: 97, with its results`() throws {
        let workspace = try Workspace()
        let disk = try SmallDisk(in: workspace, byteCount: 8 << 20)
        let ended = try workspace.run(
            "--rate", "max", "--duration", "60s", "--set", "compression.type=none",
            "--set", "data.dir=\(disk.path)/data")
        #expect(ended.status == 97)
        #expect(ended.output.contains("No space left"))
        let row = try workspace.summary
        #expect(row["verdict"] == "INVALID")
        #expect(try #require(row.number("failed_records")) > 0)
        // What was acknowledged before is all there.
        #expect(row["lost"] == "0")
        #expect(row["consumed_records"] == row["acked_records"])
    }

    @Test func `is an I/O error where it has no room for results`() throws {
        let workspace = try Workspace()
        // Room to begin with, but not for percentiles.csv.
        let disk = try SmallDisk(in: workspace, byteCount: 28 << 10)
        let ended = try workspace.weir(
            "run", "orders.yaml", "--out", disk.path, "--set", "data.dir=data")
        #expect(ended.status == 74)
        #expect(ended.errors.contains("No space left"))
        #expect(ended.errors.contains(disk.path))
        // What is not stored whole is no result.
        #expect(!FileManager.default.fileExists(atPath: "\(disk.path)/orders/latest/summary.csv"))
        #expect(try workspace.weir("ls", disk.path).output.contains("UNFINISHED"))
    }

    @Test func `is an I/O error where the log itself has no room to be opened`() throws {
        let workspace = try Workspace()
        let disk = try SmallDisk(in: workspace, byteCount: 16 << 10)
        try Data(repeating: 1, count: 12 << 10).write(to: URL(filePath: disk.path + "/other"))
        let ended = try workspace.run("--set", "data.dir=\(disk.path)/data")
        #expect(ended.status == 74)
        #expect(ended.errors.contains("No space left"))
        #expect(ended.errors.contains("\(disk.path)/data"))
    }
}
