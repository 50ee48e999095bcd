import Testing

@Suite struct `weir doctor` {
    @Test func `says what it found, with a remedy for what is not well, and ends with 0`() throws {
        let ended = try Workspace().weir("doctor")
        #expect(ended.status == 0)
        let lines = ended.output.split(separator: "\n").map(String.init)
        for subject in ["CPU governor", "CPU quota", "filesystem", "file descriptors", "right now"]
        {
            #expect(lines.contains { $0.contains(subject) }, "\(subject)")
        }
        for (line, next) in zip(lines, lines.dropFirst()) where line.hasPrefix("!!") {
            #expect(next.contains("→ "), "\(line)")
        }
    }
}

@Suite struct `A run that waits for a quiet machine` {
    @Test func `is made all the same once its patience is over`() throws {
        let workspace = try Workspace()
        let ended = try workspace.run("--wait-quiet", "1s")
        #expect(ended.status == 0, "\(ended.errors)")
        try workspace.summary.expectCleanAudit()
    }

    @Test func `wants a duration`() throws {
        let ended = try Workspace().run("--wait-quiet", "soon")
        #expect(ended.status == 64)
        #expect(ended.errors.contains("--wait-quiet: "))
        #expect(ended.errors.contains("10s"))
    }
}
