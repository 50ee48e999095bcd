import Foundation
import SeededRandom
import TestCertificates
import Testing

@testable import Security

@Suite("JSON of strangers")
struct JSONReaderTests {
    private func value(_ text: String) -> JSONValue? { JSONValue(Array(text.utf8)) }

    @Test("is read as RFC 8259 has it")
    func values() {
        #expect(value(" null\n") == .null)
        #expect(value("[true,false , 0]") == .array([.bool(true), .bool(false), .number(0)]))
        #expect(value("-12.5e-1") == .number(-1.25))
        #expect(value("1E+2") == .number(100))
        #expect(value("{}") == .object([:]))
        #expect(
            value(#" { "a" : [ ] , "b\u0041" : {"c":"d"} } "#)
                == .object(["a": .array([]), "bA": .object(["c": .string("d")])]))
        #expect(
            value(#""\"\\\/\b\f\n\r\t\u00e9é\uD83D\uDE00""#) == .string("\"\\/\u{8}\u{C}\n\r\téé😀"))
    }

    @Test(
        "that is none is refused",
        arguments: [
            "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,]", "[1 2]", "{\"a\"}", "{\"a\":}",
            "{\"a\":1,}", "{a:1}", "{'a':1}", "{\"a\":1 \"b\":2}", "{7:1}", "1 1", "{}x", "tru",
            "truee",
            "True", "nul", "NaN", "Infinity", "01", "-", "-x", "+1", "1.", ".5", "1e", "1e+",
            "0x10", "1e999",
            "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\uD800\"",
            "\"\\uDC00\"", "\"\\uD800\\uD800\"", "\"\\uD800\\n\"", "\"\n\"", "\"\u{0}\"",
            "{\"a\":1,\"a\":1}", "\u{FEFF}{}", "// x\n1",
        ])
    func garbage(text: String) { #expect(value(text) == nil, "\(text)") }

    @Test("has bounds: of the nesting, of the number of values, and of the digits")
    func bounds() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(value(nested(JSONReader.maximumDepth)) != nil)
        #expect(value(nested(JSONReader.maximumDepth + 1)) == nil)
        let objects =
            String(repeating: #"{"a":"#, count: 17) + "1" + String(repeating: "}", count: 17)
        #expect(value(objects) == nil)
        let ones = Array(repeating: "1", count: JSONReader.maximumValueCount - 1)
        #expect(value("[\(ones.joined(separator: ","))]") != nil)
        #expect(value("[1,\(ones.joined(separator: ","))]") == nil)
        #expect(value(String(repeating: "1", count: 65)) == nil)
        #expect(JSONValue([UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\"")]) == nil)
    }

    @Test(
        "of the worst shape takes no time: neither as a header nor as claims, which a wrong signature keeps closed"
    )
    func hostileTokens() throws {
        let ones = Array(repeating: "1", count: 20_000).joined(separator: ",")
        let deep = String(repeating: "[", count: 400) + ones + String(repeating: "]", count: 400)
        let shapes = [#"{"a":\#(deep)}"#, #"{"a":[\#(ones)]}"#]
        let issuer = try TokenIssuer()
        let keys = try JSONWebKeySet(Array(TokenIssuer.keySet([issuer.publicKey()])))
        let header = TokenIssuer.encode(Data(#"{"alg":"ES256","kid":"k1"}"#.utf8))
        let time = ContinuousClock().measure {
            for shape in shapes {
                let part = TokenIssuer.encode(Data(shape.utf8))
                #expect(throws: SaslFailure.self) { try JSONWebToken("\(part).e30.AA") }
                #expect(JSONWebToken.claims(of: "e30.\(part).AA") == value(shape))
                guard let token = try? JSONWebToken("\(header).\(part).AA") else {
                    Issue.record("claims were read before the signature")
                    return
                }
                guard case .isForged = keys.verdict(on: token) else {
                    Issue.record("a signature of one byte is right")
                    return
                }
            }
        }
        #expect(time < .seconds(2))
    }

    @Test("ends nowhere else than at its end, wherever it is cut off or changed")
    func everyByte() throws {
        let text = #"{"a":[1.5e3,-0,true,null],"é\u00e9\uD83D\uDE00":{"b":"\n"},"c":"\\"}"#
        let bytes = Array(text.utf8)
        #expect(JSONValue(bytes) != nil)
        for count in 0..<bytes.count { #expect(JSONValue(Array(bytes[..<count])) == nil) }
        var generator = SeededGenerator()
        for position in bytes.indices {
            var changed = bytes
            changed[position] = .random(in: 0...255, using: &generator)
            // What JSON of others' takes and refuses, ours does.
            let other = try? JSONSerialization.jsonObject(
                with: Data(changed), options: .fragmentsAllowed)
            if JSONValue(changed) != nil {
                #expect(other != nil, "\(String(decoding: changed, as: UTF8.self))")
            }
        }
    }
}
