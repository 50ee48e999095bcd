import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `What killed commands left` {
    private func create(in root: TemporaryFolder, seconds: Int64 = 0) throws -> ResultsFolder {
        try ResultsFolder.create(
            in: root.path, profile: "orders",
            startedAtUnixNanos: Fixture.startedAt + seconds * 1_000_000_000)
    }

    /// As if its process were gone: the locks go with the last reference.
    private func left(in root: TemporaryFolder, seconds: Int64 = 0) throws -> String {
        let folder = try create(in: root, seconds: seconds)
        let data = try folder.scratchFolder("data")
        try Data(count: 100_000).write(to: URL(filePath: data.path + "/segment"))
        return data.path
    }

    private func latest(_ root: TemporaryFolder) -> String? {
        try? FileManager.default.destinationOfSymbolicLink(atPath: root.path + "/orders/latest")
    }

    @Test func `is found with its size, and removed as a whole`() throws {
        let root = try TemporaryFolder()
        let path = try left(in: root)
        let leftovers = Leftovers(in: [root.path])
        #expect(leftovers.folders.map(\.path) == [path])
        #expect(leftovers.byteCount >= 100_000)
        #expect(leftovers.summary?.hasPrefix("a folder of a run that was killed, ") == true)
        #expect(try Leftovers.remove(leftovers.folders[0]))
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(Leftovers(in: [root.path]).folders.isEmpty)
        #expect(Leftovers(in: [root.path]).summary == nil)
    }

    @Test func `is never what is in use, not even once it was listed`() throws {
        let root = try TemporaryFolder()
        let folder = try create(in: root)
        let data = try folder.scratchFolder("data")
        let leftovers = Leftovers(in: [root.path])
        #expect(leftovers.folders.isEmpty)
        #expect(leftovers.inUse.map(\.path) == [data.path])
        #expect(leftovers.inUse.map(\.processID) == [getpid()])
        #expect(try !Leftovers.remove(.init(path: data.path, byteCount: 0)))
        #expect(FileManager.default.fileExists(atPath: data.path))
        try data.remove()
        #expect(!FileManager.default.fileExists(atPath: data.path))
    }

    @Test func `is never a folder without the mark, nor one that its user has made a log of`()
        throws
    {
        let root = try TemporaryFolder()
        let folder = try create(in: root)
        let own = folder.path + "/kept"
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        let path = try left(in: root, seconds: 1)
        ScratchFolder.adopt(path)
        ScratchFolder.adopt(own)
        #expect(Leftovers(in: [root.path]).folders.isEmpty)
        #expect(FileManager.default.fileExists(atPath: path + "/segment"))
    }

    @Test func `is not looked for behind links`() throws {
        let (root, other) = (try TemporaryFolder(), try TemporaryFolder())
        _ = try left(in: other)
        try FileManager.default.createSymbolicLink(
            atPath: root.path + "/link", withDestinationPath: other.path)
        #expect(Leftovers(in: [root.path]).folders.isEmpty)
    }

    @Test func `is known by a mark that goes last`() throws {
        let root = try TemporaryFolder()
        let path = try left(in: root)
        // A removal that was killed half-way.
        try FileManager.default.removeItem(atPath: path + "/segment")
        #expect(Leftovers(in: [root.path]).folders.map(\.path) == [path])
    }

    @Test func `latest is turned to the newest that was not killed, or goes where none is left`()
        throws
    {
        let root = try TemporaryFolder()
        let finished = try create(in: root)
        try finished.csv(SummaryRow.self).append(Fixture.summary)
        _ = try left(in: root, seconds: 1)
        _ = try left(in: root, seconds: 2)
        #expect(latest(root) == "20261121T104502Z")
        let repaired = try Leftovers.repairLinks(in: [root.path])
        #expect(latest(root) == "20261121T104500Z")
        #expect(repaired.map(\.from) == ["20261121T104502Z"])
        #expect(repaired.map(\.to) == ["20261121T104500Z"])
        #expect(try Leftovers.repairLinks(in: [root.path]).isEmpty)

        try FileManager.default.removeItem(atPath: finished.path)
        #expect(try Leftovers.repairLinks(in: [root.path]).map(\.to) == [nil])
        #expect(latest(root) == nil)
    }

    @Test func `latest stays with a run that goes on, and with what its user made`() throws {
        let root = try TemporaryFolder()
        let folder = try create(in: root)
        #expect(try Leftovers.repairLinks(in: [root.path]).isEmpty)
        #expect(latest(root) == "20261121T104500Z")
        withExtendedLifetime(folder) {}
        let link = root.path + "/orders/latest"
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: root.path + "/elsewhere")
        #expect(try Leftovers.repairLinks(in: [root.path]).isEmpty)
    }

    @Test func `a run that gives up hands latest back`() throws {
        let root = try TemporaryFolder()
        let finished = try create(in: root)
        try finished.csv(SummaryRow.self).append(Fixture.summary)
        do {
            let given = try create(in: root, seconds: 1)
            #expect(latest(root) == "20261121T104501Z")
            given.giveUpLatest()
            #expect(latest(root) == "20261121T104500Z")
            #expect(FileManager.default.fileExists(atPath: given.path))
        }
        let notBegun = try create(in: root, seconds: 2)
        notBegun.discard()
        #expect(latest(root) == "20261121T104500Z")
        #expect(!FileManager.default.fileExists(atPath: notBegun.path))
    }
}

@Suite struct `The list of results` {
    @Test func `has a line for each, with verdict, figures and size`() throws {
        let root = try TemporaryFolder()
        let folder = try ResultsFolder.create(
            in: root.path, profile: "orders", startedAtUnixNanos: Fixture.startedAt)
        var row = Fixture.summary
        row.wasInterrupted = true
        try folder.csv(SummaryRow.self).append(row)
        let running = try ResultsFolder.create(
            in: root.path, profile: "orders", startedAtUnixNanos: Fixture.startedAt + 1_000_000_000)
        try running.writeProfile("")
        do {
            let killed = try ResultsFolder.create(
                in: root.path, profile: "other", startedAtUnixNanos: Fixture.startedAt)
            try killed.writeProfile("")
        }
        let lines = ResultsListing.lines(of: [root.path])
        #expect(lines.count == 4)
        #expect(lines[0].hasPrefix("result "))
        #expect(lines[1].hasPrefix(folder.path + " "))
        for cell in ["SUSPECT (interrupted)", " 200 k/s ", " 1.20 s ", " 7.00 ", "kB"] {
            #expect(lines[1].contains(cell), "\(lines[1])")
        }
        #expect(lines[2].hasPrefix(running.path) && lines[2].contains(" RUNNING "))
        #expect(lines[3].contains(" UNFINISHED "))
        withExtendedLifetime((folder, running)) {}
    }

    @Test func `of several runs has the lowest and the highest figure`() throws {
        let root = try TemporaryFolder()
        let path: String
        do {
            let folder = try ResultsFolder.create(
                in: root.path, profile: "orders", startedAtUnixNanos: Fixture.startedAt)
            var other = Fixture.summary
            other.verdict = .valid
            other["acked_records"] = 1_000_000
            var third = other
            third.run.runID += "-2"
            try folder.csv(SummaryRow.self).append([Fixture.summary, other, third])
            path = folder.path
        }
        let line = try #require(ResultsListing.lines(of: [root.path]).last)
        #expect(line.hasPrefix(path))
        #expect(line.contains("1 SUSPECT, 2 VALID"))
        #expect(line.contains("100 k/s…200 k/s"))
    }

    @Test func `is empty where there are none`() throws {
        #expect(ResultsListing.lines(of: [try TemporaryFolder().path, "nowhere"]).isEmpty)
    }
}
