import Foundation
import Testing

@testable import Measurement

@Suite struct `What a user calls a run` {
    private func refusal(_ label: String?, _ tags: [String] = []) -> String? {
        do {
            _ = try RunLabels(label: label, tags: tags)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `is a word and tags with values of any words`() throws {
        let labels = try RunLabels(
            label: "vor-Änderung/2", tags: ["disk=nvme 2 TB", "a.b_c-1=x=y"])
        #expect(labels.label == "vor-Änderung/2")
        #expect(labels.tagText == "disk=nvme 2 TB; a.b_c-1=x=y")
        #expect(RunLabels.none.tagText == nil)
        #expect(RunLabels.none.arguments.isEmpty)
    }

    @Test func `is said again by its options`() throws {
        let labels = try RunLabels(label: "-x", tags: ["k=-v", "e==1"])
        #expect(labels.arguments == ["--label=-x", "--tag=k=-v", "--tag=e==1"])
    }

    @Test func `is kept in a plan`() throws {
        let labels = try RunLabels(label: "after", tags: ["k=v"])
        let json = try JSONEncoder().encode(labels)
        #expect(try JSONDecoder().decode(RunLabels.self, from: json) == labels)
    }

    @Test(arguments: [
        "", "two words", "a,b", "a;b", "it's", "\"q\"", "`x`", "a\nb", "\u{202E}abc", "\u{0}",
    ])
    func `is refused where it is no word`(label: String) throws {
        let reason = try #require(refusal(label))
        #expect(reason.contains("word"))
        #expect(!reason.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" })
    }

    @Test func `is refused where it is too long, or the name of runs without one`() {
        #expect(refusal(String(repeating: "x", count: 64)) == nil)
        #expect(refusal(String(repeating: "x", count: 65))?.contains("at most 64") == true)
        #expect(refusal("default")?.contains("choose another word") == true)
    }

    @Test(arguments: ["novalue", "=v", "k=", "k k=v", "k=a;b", "k= v", "k=v ", "k=a\nb", "ä=1"])
    func `has no tag without a key and a value in one line`(tag: String) {
        #expect(refusal(nil, [tag]) != nil)
    }

    @Test func `has each key once, and not many of them`() {
        #expect(refusal(nil, ["k=1", "k=2"]) == "the tag 'k' is given twice; give it one value")
        let many = (0..<33).map { "k\($0)=v" }
        #expect(refusal(nil, many)?.contains("at most 32") == true)
        #expect(refusal(nil, Array(many.dropLast())) == nil)
        #expect(refusal(nil, ["k=" + String(repeating: "x", count: 201)])?.contains("200") == true)
    }
}
