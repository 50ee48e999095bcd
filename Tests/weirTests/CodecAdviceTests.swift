import Foundation
import Testing

@Suite struct `Advice on codecs alone` {
    private static func workspace() throws -> Workspace {
        let workspace = try Workspace()
        let lines = (0..<2_000).map { "2026-11-21 order \($0) of customer \($0 % 97) was shipped" }
        try workspace.write(lines.joined(separator: "\n") + "\n", to: "app.log")
        return workspace
    }

    @Test func `is a table, a file, a chart and lines to paste`() throws {
        let workspace = try Self.workspace()
        let ended = try Weir(
            [
                "advise", "app.log", "--codecs", "--budget", "300ms", "--batch-records",
                "10,100,5000", "--rate", "50k/s", "--consumers", "2", "--retention", "30d", "--out",
                "results",
            ], in: workspace, drawsPage: true
        ).ended()
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains("100 records a batch"))
        #expect(ended.output.contains("Not measured: 5000 records a batch"))
        #expect(
            ended.output.contains(
                "Who pays at 50.0 k/s with 100 records a batch, 2 consumer groups"))
        #expect(ended.output.contains("in 30 days"))
        #expect(ended.output.contains("compression.type=zstd"))
        let folder = "results/codecs-app.log/latest/"
        let rows = try workspace.csv(folder + "codecs.csv").rows
        #expect(rows.count == 2 * 18)
        let zstd = rows.filter { $0["codec"] == "zstd" && $0["level"] == "3" }
        #expect(zstd.allSatisfy { $0.number("compression_ratio")! > 1.5 })
        #expect(zstd.allSatisfy { $0.number("compress_ns_per_byte")! > 0 })
        let package = try String(
            contentsOfFile: workspace.path(folder + "datapackage.json"), encoding: .utf8)
        #expect(package.contains("\"path\": \"codecs.csv\""))
        let page = try String(
            contentsOfFile: workspace.path(folder + "report.html"), encoding: .utf8)
        #expect(page.contains("Compression ratio against CPU time"))
        #expect(try workspace.weir("explain", "bare_ratio").output.contains("codecs.csv"))
    }

    @Test(arguments: [
        ("", [], 65, "no record"), ("one line\n", [], 65, "only one record"),
        ("a\nb\n", [], 65, "only 2 records"),
        (
            String(repeating: String(repeating: "x", count: 2_000) + "\n", count: 40),
            ["--batch-size", "1KiB"], 65, "raise --batch-size"
        ),
        ("a\nb\n", ["--batch-records", "0"], 64, "--batch-records"),
        ("a\nb\n", ["--batch-size", "16KiB", "--batch-records", "1"], 64, "exclude"),
        ("a\nb\n", ["--quick"], 64, "go without it"),
        ("a\nb\n", ["--budget", "soon"], 64, "--budget"),
    ])
    func `is not given on what cannot be measured`(
        _ text: String, _ options: [String], _ status: Int, _ message: String
    ) throws {
        let workspace = try Workspace()
        try workspace.write(text, to: "bad.log")
        let ended = try Weir(["advise", "bad.log", "--codecs"] + options, in: workspace).ended()
        #expect(Int(ended.status) == status, "\(ended.errors)")
        #expect(ended.errors.contains(message), "\(ended.errors)")
        #expect(!FileManager.default.fileExists(atPath: workspace.path("Results")))
    }

    @Test func `is left out of an advice on a few large records`() throws {
        let workspace = try Workspace()
        let lines = (0..<8).map { String(repeating: "order \($0) ", count: 600) }
        try workspace.write(lines.joined(separator: "\n") + "\n", to: "large.log")
        let ended = try workspace.weir(
            "advise", "large.log", "--quick", "--rate", "1k/s", "--duration", "200ms",
            "--repetitions", "2", "--vary", "compression.type=none,lz4", "--out", "results")
        #expect([0, 99].contains(ended.status), "\(ended.errors)")
        #expect(ended.errors.contains("codecs alone are not measured: only 8 records"))
        let folder = workspace.path("results/advise-large.log/latest/")
        #expect(FileManager.default.fileExists(atPath: folder + "advice.csv"))
        #expect(!FileManager.default.fileExists(atPath: folder + "codecs.csv"))
    }

    @Test func `says where there is nothing to gain`() throws {
        let workspace = try Workspace()
        // Knuth's generator; the high bits are the random ones.
        var state: UInt64 = 1
        var bytes: [UInt8] = []
        for _ in 0..<400 {
            bytes += [0, 0, 1, 0xF4]
            for _ in 0..<500 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(UInt8(state >> 56))
            }
        }
        try Data(bytes).write(to: URL(filePath: workspace.path("noise.bin")))
        let refused = try workspace.weir("advise", "noise.bin", "--codecs")
        #expect(refused.status == 65 && refused.errors.contains("use length-u32-be"))
        let ended = try workspace.weir(
            "advise", "noise.bin", "--format", "length-u32-be", "--codecs", "--budget", "100ms",
            "--batch-records", "100",
            "--no-report")
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output.contains("Nothing to gain: the best ratio is 1.0"))
    }
}
