import Foundation
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite struct `Formats of a corpus` {
    @Test(arguments: ["length-u32-be", "length-u32-le", "length-varint"])
    func `with lengths keep every byte`(_ format: String) throws {
        let records: [[UInt8]] = [[0, 10, 13], Array(repeating: 7, count: 300), [], [255]]
        let bytes = records.flatMap { record -> [UInt8] in
            let count = record.count
            let length: [UInt8] =
                switch format {
                case "length-u32-be": [0, 0, UInt8(count >> 8), UInt8(count & 255)]
                case "length-u32-le": [UInt8(count & 255), UInt8(count >> 8), 0, 0]
                default:
                    count < 128 ? [UInt8(count)] : [UInt8(count & 127 | 128), UInt8(count >> 7)]
                }
            return length + record
        }
        let pool = try CorpusTests.pool(bytes, "format: \(format)")
        #expect(PayloadPoolTests.values(pool) == records)
        // Every cut but those between records is told.
        var ends = [0]
        for record in records {
            let isShort = format == "length-varint" && record.count < 128
            let length = isShort ? 1 : format == "length-varint" ? 2 : 4
            ends.append(ends[ends.count - 1] + length + record.count)
        }
        for cut in [1, 5, ends[2] - 1, ends[4] - 1] where !ends.contains(cut) {
            let fault = CorpusTests.fault(Array(bytes[..<cut]), "format: \(format)")
            guard case .badLength? = fault else {
                Issue.record("\(cut): \(String(describing: fault))")
                return
            }
        }
    }

    @Test func `with a length that fits no batch are refused`() {
        let fault = CorpusTests.fault([0xFF, 0xFF, 0xFF, 0xFF, 1], "format: length-u32-be")
        guard case .recordTooLarge(_, 0...4, 0xFFFF_FFFF, _)? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test(arguments: [Compression.gzip(6), .zstd(3)])
    func `are unpacked, whatever the file is called`(_ compression: Compression) throws {
        let text = Array((0..<500).map { "line \($0)" }.joined(separator: "\n").utf8)
        var compressor = try Compressor(compression)
        var packed = [UInt8](repeating: 0, count: compressor.bound(text.count))
        let count = try unsafe text.withUnsafeBytes { input in
            try unsafe packed.withUnsafeMutableBytes {
                try unsafe compressor.compress(input, into: $0)
            }
        }
        let pool = try CorpusTests.pool(Array(packed[..<count]))
        #expect(pool.count == 500 && PayloadPoolTests.strings(pool)[499] == "line 499")
        let fault = CorpusTests.fault(Array(packed[..<(count / 2)]), "format: lines")
        guard case .notUnpacked? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test(arguments: [
        [UInt8](repeating: 0, count: 100), Array("text\u{0}text\n".utf8),
        (0..<200).map { UInt8(128 + $0 % 100) },
    ])
    func `of lines are no binary files, and it is said what are`(_ bytes: [UInt8]) {
        let fault = CorpusTests.fault(bytes, "format: lines")
        guard case .binary(_, .lines)? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
        #expect(fault?.description.contains("length-u32-be") == true)
    }

    @Test func `take text of another encoding for text`() throws {
        // Latin-1: "für" and "über".
        let pool = try CorpusTests.pool(Array("plain\n".utf8) + [0x66, 0xFC, 0x72, 10, 0xFC, 0x62])
        #expect(pool.count == 3)
    }

    @Test func `take each file of a directory as a record`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(component: "weir-files-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder + "/below", withIntermediateDirectories: true)
        for (name, text) in [("b", "two\nlines"), ("a", "one")] {
            try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
        }
        let pool = try CorpusTests.prepare(folder, "format: files")
        #expect(PayloadPoolTests.strings(pool) == ["one", "two\nlines"])
    }
}

@Suite struct `Keys from a field` {
    private static func keys(_ text: String, _ settings: String, _ keys: String) throws -> [String?]
    {
        let pool = try CorpusTests.pool(
            Array(text.utf8), settings, more: "keys: {kind: field, \(keys)}\n")
        return (0..<pool.count).map { place in
            unsafe pool.key(place).map { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func `are members of JSON, also inside others`() throws {
        let text = #"""
            {"id": 7, "user": {"name": "a,\"b}", "id": "u1"}, "x": [1, {"id": 9}]}
            {"x": "id", "id" : null, "user":{}}
            {"user":{"id":false}}
            """#
        #expect(try Self.keys(text, "format: ndjson", "field: id") == ["7", nil, nil])
        #expect(try Self.keys(text, "format: ndjson", "field: user.id") == ["u1", nil, "false"])
        #expect(
            try Self.keys(text, "format: ndjson", "field: user.name") == [#"a,\"b}"#, nil, nil])
    }

    @Test func `are columns, of which the first line is no record`() throws {
        let text = "time,\"user id\",text\n1,u1,\"a, \"\"b\"\"\"\n2,u2,c\n3\n"
        let settings = "format: lines, header: true"
        #expect(try Self.keys(text, settings, "field: user id") == ["u1", "u2", nil])
        #expect(try Self.keys(text, settings, "field: text") == ["a, \"b\"", "c", nil])
    }

    @Test func `are the first group of a pattern`() throws {
        #expect(
            try Self.keys("a user=7 b\nnone\n", "format: lines", "pattern: 'user=(\\d+)'")
                == ["7", nil])
    }

    @Test func `are there in some record`() throws {
        let fault = CorpusTests.fault(
            Array("{\"a\": 1}\n".utf8), "format: ndjson", more: "keys: {kind: field, field: b}\n")
        guard case .noKey(_, "b")? = fault else {
            Issue.record("\(String(describing: fault))")
            return
        }
    }

    @Test(arguments: [
        ("keys: {kind: field}", "either keys.field or keys.pattern"),
        ("keys: {kind: field, field: a, pattern: b}", "either keys.field or keys.pattern"),
        ("keys: {kind: field, pattern: '('}", "no regular expression"),
        ("keys: {field: a}", "set keys.kind: field"),
        ("keys: {kind: field, field: a}", "takes payload.format ndjson"),
    ])
    func `are refused where they cannot be meant`(_ keys: String, _ message: String) {
        let error = #expect(throws: ProfileErrors.self) {
            try Profile(yaml: "payload: {kind: corpus, file: a.log}\n\(keys)\n")
        }
        #expect("\(error!)".contains(message), "\(error!)")
    }
}
