import Foundation
import RecordFormat
import Testing

/// Our batches, read by other implementations. Each test needs what is not part of a Swift toolchain and is
/// skipped where that is missing.
@Suite
struct InteroperabilityTests {
    /// A Python with the packages of `Interop/requirements.txt`.
    static let python = ProcessInfo.processInfo.environment["WEIR_TEST_PYTHON"]
        .map { URL(fileURLWithPath: $0) }
    static let compiler = ChildProcess.find("cc", "clang", "gcc")
    static let hasLibrdkafka =
        compiler != nil
        && FileManager.default.fileExists(atPath: "/usr/include/librdkafka/rdkafka_mock.h")

    static let compressions: [Compression] =
        [
            .none, .snappy, .gzip(), .gzip(1), .lz4(), .lz4(1), .lz4(12), .zstd(), .zstd(-7),
            .zstd(19),
        ]

    static let interop = ChildProcess.testsDirectory.appendingPathComponent("Interop")

    /// Enough records for several blocks of snappy and lz4, after those with all that a record can have.
    static let records =
        GoldenBatchTests.records
        + (0..<3000).map {
            ModelRecord(
                timestamp: 1_700_000_000_000 + Int64($0), key: Array("order-\($0 % 100)".utf8),
                value: Array("{\"order\":\($0),\"total\":\($0 * 7919 % 10_007)}".utf8))
        }

    /// The line that `print_batch.py` and `librdkafka_peer` print for a record.
    static func line(offset: Int, _ record: ModelRecord) -> String {
        func hexadecimal(_ bytes: [UInt8]?) -> String {
            guard let bytes else { return "null" }
            return "\"" + bytes.map { String(format: "%02x", $0) }.joined() + "\""
        }
        let headers = record.headers.map { "[\(hexadecimal($0.key)), \(hexadecimal($0.value))]" }
        return "[\(offset), \(record.timestamp), \(hexadecimal(record.key)), "
            + "\(hexadecimal(record.value)), [\(headers.joined(separator: ", "))]]"
    }

    static func expectOurs(
        _ compressions: [Compression], readBy program: URL, _ arguments: [String],
        in directory: URL
    ) throws {
        let expected = records.enumerated().map { line(offset: $0.offset, $0.element) }
        for compression in compressions {
            let file = directory.appendingPathComponent("\(compression).batch")
            try Data(sealedBatch(records, compression: compression)).write(to: file)
            let printed = try ChildProcess.run(program, arguments + [file.path])
            let lines = printed.split(separator: "\n").map(String.init)
            #expect(lines == expected, "\(compression)")
        }
    }

    @Test(
        .enabled(
            if: python != nil,
            "set WEIR_TEST_PYTHON to a Python with the packages of Interop/requirements.txt"))
    func `kafka-python reads our batches`() throws {
        let python = try #require(Self.python)
        try ChildProcess.withTemporaryDirectory { directory in
            let script = Self.interop.appendingPathComponent("print_batch.py").path
            try Self.expectOurs(
                Self.compressions, readBy: python, [script], in: directory)
        }
    }

    @Test(.enabled(if: hasLibrdkafka, "install librdkafka-dev and a C compiler"))
    func `librdkafka's consumer reads our batches`() throws {
        let compiler = try #require(Self.compiler)
        try ChildProcess.withTemporaryDirectory { directory in
            let peer = directory.appendingPathComponent("librdkafka_peer")
            let source = Self.interop.appendingPathComponent("librdkafka_peer.c").path
            try ChildProcess.run(compiler, ["-o", peer.path, source, "-lrdkafka"])
            // Each start of its consumer takes a second: the defaults only.
            try Self.expectOurs(
                CompressionCodec.allCases.map { Compression($0) }, readBy: peer, ["consume"],
                in: directory)
        }
    }

    static let arm64Compiler = ChildProcess.find("aarch64-linux-gnu-gcc")
    static let arm64Emulator = ChildProcess.find("qemu-aarch64", "qemu-aarch64-static")

    @Test(
        .enabled(
            if: arm64Compiler != nil && arm64Emulator != nil,
            "install gcc-aarch64-linux-gnu, libc6-dev-arm64-cross and qemu-user"))
    func `the arm64 checksum agrees with its definition`() throws {
        let compiler = try #require(Self.arm64Compiler)
        let emulator = try #require(Self.arm64Emulator)
        let sources = ChildProcess.packageDirectory.appendingPathComponent("Sources/CRC32C")
        try ChildProcess.withTemporaryDirectory { directory in
            let program = directory.appendingPathComponent("selftest").path
            let files = try FileManager.default.contentsOfDirectory(atPath: sources.path)
                .filter { $0.hasSuffix(".c") }.map { sources.appendingPathComponent($0).path }
            try ChildProcess.run(
                compiler,
                ["-static", "-O2", "-Wall", "-Werror", "-o", program]
                    + ["-I", sources.appendingPathComponent("include").path]
                    + [Self.interop.appendingPathComponent("crc32c_selftest.c").path] + files)
            // The portable path and the one with ARMv8's instructions.
            #expect(try ChildProcess.run(emulator, [program]) == "0\n3\n")
        }
    }
}
