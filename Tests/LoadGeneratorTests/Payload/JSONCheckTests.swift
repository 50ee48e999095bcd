import Foundation
import Testing

@testable import LoadGenerator

@Suite struct JSONCheckTests {
    static func fault(_ bytes: [UInt8]) -> JSONCheck.Fault? {
        JSONCheck.fault(in: bytes, bytes.indices)
    }

    static let documents = [
        "{}", "[]", " [ ] ", "{\"a\":1}", "[1,-0,0.5,1e9,1E+9,-2.5e-3]",
        "{\"a\":{\"b\":[true,false,null]},\"c\":\"\"}",
        "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"]", "[\"é\u{1F600}\u{7FF}\u{FFFD}\"]",
        "\t{ \"a\" : [ 1 , 2 ] }\r",
    ]

    @Test(arguments: documents)
    func `an object or an array is JSON`(text: String) {
        #expect(Self.fault(Array(text.utf8)) == nil)
    }

    @Test(arguments: [
        ("", 0, "it begins with the line's end"), ("5", 0, "it begins with '5'"),
        ("\"a\"", 0, "it begins with"), ("{garbage here}", 1, "'g' where a name in quotes"),
        ("{\"a\" 1}", 5, "'1' where ':'"), ("[1,2,,}", 5, "',' where a value"),
        ("{\"a\":NaN}", 5, "'N' where a value"), ("[1,]", 3, "']' where a value"),
        ("{\"a\":1,}", 7, "'}' where a name"), ("[1 2]", 3, "'2' where ',' or ']'"),
        ("{\"a\":1]", 6, "']' where ',' or '}'"), ("[01]", 2, "'1' where ','"),
        ("[1.]", 3, "']' where a digit"), ("[.5]", 1, "'.' where a value"),
        ("[+1]", 1, "'+' where a value"), ("[-]", 2, "']' where a digit"),
        ("[1e]", 3, "']' where a digit"), ("[tru]", 4, "']' where 'true'"),
        ("[nul", 4, "the line's end where 'null'"), ("[\"a", 3, "never closes"),
        ("[\"\\x\"]", 3, "an unknown escape 'x'"), ("[\"\\u12g4\"]", 6, "'g' where one of four"),
        ("[\"a\tb\"]", 3, "byte 0x9 in a string"), ("{} {}", 3, "'{' after its end"),
        ("['a']", 1, "where a value"), ("{\"a\":1", 6, "the line's end where"),
    ])
    func `what is none says where it goes wrong`(text: String, position: Int, part: String) {
        let fault = Self.fault(Array(text.utf8))
        #expect(fault?.position == position)
        #expect(fault?.reason.contains(part) == true, "\(String(describing: fault))")
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x9F, 0x80], [0xED, 0xA0, 0x80],
            [0xF5, 0x80],
            [0xF0, 0x8F, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3], [0xE2, 0x82], [0xFF],
        ] as [[UInt8]])
    func `a string is UTF-8`(bytes: [UInt8]) {
        let text = Array("[\"".utf8) + bytes + Array("\"]".utf8)
        #expect(Self.fault(text)?.reason.contains("not UTF-8") == true)
        #expect(Self.fault(text.dropLast(2) + [])?.reason.contains("not UTF-8") == true)
    }

    @Test func `nesting has a bound`() {
        func nested(_ depth: Int) -> [UInt8] {
            [UInt8](repeating: UInt8(ascii: "["), count: depth)
                + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
        }
        #expect(Self.fault(nested(JSONCheck.maximumDepth)) == nil)
        #expect(Self.fault(nested(1_000_000))?.reason.contains("levels deep") == true)
    }

    @Test func `it agrees with Foundation on documents that were damaged`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = RandomGenerator(seed: seed)
        let snippets = Array("{}[]\":,0-1.eE+\\u \tntfé".utf8)
        for round in 0..<4_000 {
            var bytes = Array(Self.documents[generator.next(below: Self.documents.count)].utf8)
            for _ in 0...generator.next(below: 2) {
                let place = generator.next(below: bytes.count + 1)
                if place < bytes.count, generator.next(below: 2) == 0 { bytes.remove(at: place) }
                bytes.insert(
                    snippets[generator.next(below: snippets.count)],
                    at: min(place, bytes.count))
            }
            let isJSON = (try? JSONSerialization.jsonObject(with: Data(bytes))) != nil
            // Half of a surrogate pair is left open by RFC 8259, and Foundation takes a last comma.
            let text = String(decoding: bytes, as: UTF8.self)
            let isOpen = text.contains("\\ud") || text.contains(/,[ \t\r]*[}\]]/)
            #expect(
                (Self.fault(bytes) == nil) == isJSON || isOpen,
                "seed \(seed), round \(round): \(text)")
        }
    }
}
