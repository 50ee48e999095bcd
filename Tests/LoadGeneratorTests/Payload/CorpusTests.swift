import Glibc
import Testing

@testable import LoadGenerator

@Suite struct CorpusTests {
    /// Writes a file, prepares a pool from it, and removes it again.
    static func pool(
        _ bytes: [UInt8], _ settings: String = "format: lines", more: String = ""
    ) throws -> PayloadPool {
        let path = try write(bytes)
        defer { _ = unsafe unlink(path) }
        return try prepare(path, settings, more: more)
    }

    static func prepare(_ path: String, _ settings: String, more: String = "") throws -> PayloadPool
    {
        let profile = try Profile(
            yaml: "payload: {kind: corpus, file: \(path), \(settings)}\n\(more)")
        return try PayloadPool.prepare(for: profile)
    }

    static func write(_ bytes: [UInt8]) throws -> String {
        var path = Array((P_tmpdir + "/weir-corpus-XXXXXX").utf8CString)
        let descriptor = unsafe mkstemp(&path)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var written = 0
        while written < bytes.count {
            written += unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
            }
        }
        return String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func fault(_ bytes: [UInt8], _ settings: String, more: String = "") -> PayloadError? {
        do {
            _ = try pool(bytes, settings, more: more)
            return nil
        } catch { return error as? PayloadError }
    }

    @Test func `lines keep their order and lose their line ends`() throws {
        let pool = try Self.pool(Array("one\r\n\ntwo\n\r\nth\rree\nlast".utf8))
        #expect(PayloadPoolTests.strings(pool) == ["one", "two", "th\rree", "last"])
        #expect(pool.corpus?.emptyLines == 2 && pool.corpus?.isSampled == false)
        #expect(unsafe pool.key(0) == nil)
    }

    @Test func `paragraphs end at empty lines`() throws {
        let pool = try Self.pool(Array("a\nb\n\n\nc\r\n\r\nd".utf8), "format: paragraphs")
        #expect(PayloadPoolTests.strings(pool) == ["a\nb", "c", "d"])
    }

    @Test func `slices have the size that was asked for, and the last one the rest`() throws {
        let bytes = (0..<250).map { UInt8($0) }
        let pool = try Self.pool(bytes, "format: slices, size: 100")
        #expect(
            PayloadPoolTests.values(pool) == [
                Array(bytes[..<100]), Array(bytes[100..<200]), Array(bytes[200...]),
            ])
    }

    @Test func `NDJSON must be objects or arrays`() throws {
        let pool = try Self.pool(Array("{\"a\":1}\n [2] \n".utf8), "format: ndjson")
        #expect(pool.count == 2)
        guard
            case .notJSON(_, position: 8, line: 2, _) = Self.fault(
                Array("{\"a\":1}\nx\n".utf8), "format: ndjson")
        else {
            Issue.record("expected a fault at byte 8")
            return
        }
    }

    @Test(arguments: ["{garbage here}", "{\"a\" 1}", "[1,2,,}", "{\"a\":NaN}"])
    func `a line that only looks like JSON is refused with its number`(line: String) {
        // Small pools take stretches of a file, and lines are counted from its head all the same.
        let good = (0..<40_000).map { "{\"number\":\($0)}" }
        for (lines, pool) in [(1, "64MiB"), (good.count, "256KiB")] {
            let text = good.prefix(lines).joined(separator: "\r\n") + "\r\n\r\n" + line + "\n"
            let fault = Self.fault(Array(text.utf8), "format: ndjson, pool: \(pool)")
            guard case .notJSON(_, _, line: lines + 2, _) = fault else {
                Issue.record("\(line) behind \(lines) lines: \(String(describing: fault))")
                continue
            }
        }
    }

    @Test func `a byte order mark is no part of the first record, but for slices`() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        for (format, text) in [
            ("lines", "a,b\nc"), ("ndjson", "{}\n[]"), ("paragraphs", "x\n\ny"),
        ] {
            let pool = try Self.pool(mark + Array(text.utf8), "format: \(format)")
            #expect(
                PayloadPoolTests.strings(pool)
                    == text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
            )
        }
        let slices = try Self.pool(mark + [65], "format: slices, size: 4")
        #expect(PayloadPoolTests.values(slices) == [mark + [65]])
        guard case .noRecords = Self.fault(mark, "format: lines") else {
            Issue.record("a mark alone is no record")
            return
        }
    }

    @Test func `hostile files are refused by name`() throws {
        guard case .noRecords(_, byteCount: 0) = Self.fault([], "format: lines") else {
            Issue.record("an empty file")
            return
        }
        guard case .noRecords(_, byteCount: 3) = Self.fault(Array("\n\r\n".utf8), "format: lines")
        else {
            Issue.record("a file of empty lines")
            return
        }
        let limit =
            "topics: {config: {max.message.bytes: 4KiB}}\nproducers: {config: {batch.size: 1KiB}}"
        let long = Array("short\n".utf8) + [UInt8](repeating: 65, count: 5000)
        for format in ["lines", "paragraphs"] {
            guard
                case .recordTooLarge(_, _, let count, let allowed) = Self.fault(
                    long, "format: \(format)", more: limit)
            else {
                Issue.record("a long record in \(format)")
                return
            }
            #expect(count >= 5000 && allowed == 4096 - 512)
        }
        // Gigabytes without a line end need no gigabytes to be refused.
        let endless = [UInt8](repeating: 65, count: 1_500_000)
        guard case .recordTooLarge = Self.fault(endless, "format: lines, pool: 1MiB", more: limit)
        else {
            Issue.record("a file without line ends, larger than the pool")
            return
        }
        for path in ["/", "/dev/null", "/dev/zero"] {
            #expect(throws: PayloadError.notARegularFile(path: path)) {
                try Self.prepare(path, "format: lines")
            }
        }
        #expect(throws: PayloadError.missing(path: "no/such")) {
            try Self.prepare("no/such", "format: lines")
        }
    }

    @Test(arguments: ["lines", "paragraphs"])
    func `a file larger than the pool is sampled in stretches of whole records`(format: String)
        throws
    {
        let separator = format == "lines" ? "\n" : "\n\n"
        let records = (0..<100_000).map { "record number \($0) of many" }
        let pool = try Self.pool(
            Array(records.joined(separator: separator).utf8), "format: \(format), pool: 256KiB")
        let taken = PayloadPoolTests.strings(pool)
        let report = try #require(pool.corpus)
        #expect(report.isSampled && report.readByteCount == 256 * 1024)
        #expect(taken.allSatisfy { $0.hasPrefix("record number ") && $0.hasSuffix(" of many") })
        #expect(taken.first == records.first && taken.last == records.last)
        let numbers = taken.map { Int($0.split(separator: " ")[2])! }
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 })
        // Sixteen stretches have fifteen gaps between them; all else is consecutive.
        #expect(zip(numbers, numbers.dropFirst()).count { $0 + 1 < $1 } == 15)
    }

    @Test func `a corpus smaller than a batch is known to repeat in it`() throws {
        let pool = try Self.pool(Array("a few\nlines\n".utf8))
        #expect(pool.repeats(within: 64 * 1024) && !pool.repeats(within: 10))
    }
}
