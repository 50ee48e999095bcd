import Foundation
import Measurement
import Testing

@testable import Reporting

@Suite struct `Results are comparable` {
    /// The fields of `environment.json`, each with its JSON.
    private static let machine = [
        "cpu_model": #""EPYC""#, "cores": "2", "memory_bytes": "8000000000",
        "kernel": #""Linux 6.18""#, "architecture": #""x86_64""#, "is_virtual_machine": "true",
        "is_optimized_build": "true",
        "data_directory_mount": #"{"filesystem": "ext4", "device": "/dev/vda"}"#,
        "weir_version": #""0.1.0""#, "codec_versions": #"{"zstd": "1.5.4", "lz4": "1.9.4"}"#,
    ]
    private static let summary = """
        variant,payload_kind,payload_value_size_mean_bytes,payload_checksum,set_payload_kind
        default,orders,488.654,6ab7c4c9,

        """

    /// Results whose environment and summary are as usual, but for some fields.
    private func results(
        _ name: String, _ changes: [String: String] = [:], hasEnvironment: Bool = true,
        summary: String = summary
    ) throws -> SavedResults {
        let folder = try TemporaryFolder()
        let path = folder.path + "/" + name
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false)
        let environment = Self.machine.merging(changes) { $1 }
        if hasEnvironment {
            let members = environment.map { "\"\($0)\": \($1)" }
            try "{\(members.joined(separator: ","))}".write(
                toFile: path + "/environment.json", atomically: false, encoding: .utf8)
        }
        try summary.write(toFile: path + "/summary.csv", atomically: false, encoding: .utf8)
        return try SavedResults(path: path)
    }

    private func differences(_ results: SavedResults...) -> [String] {
        Comparability(results).differences.map(\.description)
    }

    @Test func `with a run that is still to come, of which machine and format are known`() throws {
        let here = EnvironmentSnapshot.take(
            dataDirectory: "/tmp", weirVersion: "0.1.0", codecVersions: [:])
        let planned = try SavedResults(planned: "this machine", environment: here)
        #expect(differences(planned, planned) == [])
        let elsewhere = try results("a", ["cores": "\(here.cores + 1)"])
        let found = differences(elsewhere, planned)
        #expect(found.contains("cores: \(here.cores + 1) (a); \(here.cores) (this machine)"))
        // The rows of `a` have no format, as the first one had none.
        #expect(found.contains("format of summary.csv: 1 (a); 2 (this machine)"))
        #expect(!found.contains { $0.contains("payload") })
    }

    @Test func `of one machine and one payload`() throws {
        #expect(try differences(results("a"), results("b"), results("c")) == [])
        #expect(try differences(results("a")) == [])
        // What the kernel keeps for itself varies.
        #expect(try differences(results("a"), results("b", ["memory_bytes": "8010000000"])) == [])
        // A field that an older version did not write is not known to differ.
        #expect(try differences(results("a"), results("b", ["kernel": "null"])) == [])
    }

    @Test func `not of different machines, and it is said what differs`() throws {
        let other = [
            "cpu_model": #""Xeon""#, "cores": "8", "memory_bytes": "64000000000",
            "kernel": #""Linux 6.12""#, "architecture": #""arm64""#,
            "is_virtual_machine": "false", "is_optimized_build": "false",
            "data_directory_mount": #"{"filesystem": "xfs", "device": "/dev/sda"}"#,
        ]
        let found = try differences(results("a"), results("b", other))
        #expect(
            found == [
                "CPU: EPYC (a); Xeon (b)", "cores: 2 (a); 8 (b)",
                "memory: 8.00 GB (a); 64.0 GB (b)", "architecture: x86_64 (a); arm64 (b)",
                "kernel: Linux 6.18 (a); Linux 6.12 (b)",
                "virtual machine: true (a); false (b)",
                "filesystem of the log: ext4 (a); xfs (b)",
                "disk of the log: /dev/vda (a); /dev/sda (b)",
                "optimized build of weir: true (a); false (b)",
            ])
        let unknown = try differences(results("a"), results("b", hasEnvironment: false))
        #expect(unknown == ["machine: unknown without environment.json (b)"])
    }

    @Test func `not of different payloads`() throws {
        func other(_ from: String, _ to: String) throws -> [String] {
            let text = Self.summary.replacing(from, with: to)
            return try differences(results("a"), results("b", summary: text))
        }
        #expect(try other("orders", "logs") == ["payload: orders (a); logs (b)"])
        #expect(
            try other("6ab7c4c9", "00000001")
                == ["payload's bytes, by their checksum: 6ab7c4c9 (a); 00000001 (b)"])
        // Older versions wrote the digits alone.
        #expect(try other("6ab7c4c9", "crc32c:6ab7c4c9") == [])
        // Without a checksum the sizes must do.
        #expect(try other("6ab7c4c9", "") == [])
        #expect(
            try other("488.654,6ab7c4c9", "500.000,")
                == ["payload's mean size in bytes: 488.654 (a); 500.000 (b)"])
        // What a sweep varies differs on purpose.
        #expect(try other("orders,488.654,6ab7c4c9,", "zeros,1024.000,00000001,zeros") == [])
    }

    @Test func `of different versions, which are noted`() throws {
        let later = [
            "weir_version": #""0.2.0""#,
            "codec_versions": #"{"zstd": "1.5.7", "lz4": "1.9.4", "snappy": "1.1.9"}"#,
        ]
        let comparability = Comparability([try results("a"), try results("b", later)])
        #expect(comparability.differences.isEmpty)
        #expect(
            comparability.notes.map(\.description) == [
                "version of weir: 0.1.0 (a); 0.2.0 (b)",
                "version of zstd: 1.5.4 (a); 1.5.7 (b)",
            ])
    }

    @Test func `of two builds of one version, which are noted`() throws {
        func build(_ id: String) -> [String: String] { ["weir_build": "\"0.1.0+\(id)\""] }
        let (a, b) = (
            try results("a", build("c64473a51db0")), try results("b", build("0123456789ab"))
        )
        #expect(
            Comparability([a, b]).notes.map(\.description) == [
                "build of weir: 0.1.0+c64473a51db0 (a); 0.1.0+0123456789ab (b)"
            ])
        // Older versions did not say it, and of two versions that is said already.
        #expect(Comparability([a, try results("c")]).notes.isEmpty)
        var later = build("0123456789ab")
        later["weir_version"] = #""0.2.0""#
        #expect(Comparability([a, try results("d", later)]).notes.count == 1)
    }

    @Test func `and many that differ are counted, not listed`() throws {
        let all = try ["a", "b", "c", "d"].map { try results($0) } + [results("e", ["cores": "4"])]
        #expect(
            Comparability(all).differences.map(\.description)
                == ["cores: 2 (a and 3 more); 4 (e)"])
    }
}
