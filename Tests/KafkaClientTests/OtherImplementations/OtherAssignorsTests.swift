import Foundation
import RecordFormat
import SeededRandom
import Testing

@testable import KafkaClient

@Suite(
    "Assignors of other implementations",
    .enabled(if: PythonScript.python != nil, PythonScript.comment))
struct OtherAssignorsTests {
    private struct Case: Encodable {
        var assignor: String
        var topics: [String: Int32]
        var members: [String: [String]]
    }

    @Test(
        "divide the partitions of random groups as ours do",
        arguments: [PartitionAssignor.range, .roundRobin])
    func sameResults(assignor: PartitionAssignor) throws {
        var random = SeededGenerator()
        let cases = (0..<100).map { _ in
            let topics = (0..<Int.random(in: 1...5, using: &random)).map { "t\($0)" }
            return Case(
                assignor: assignor.name,
                topics: Dictionary(
                    uniqueKeysWithValues: topics.map { ($0, .random(in: 1...9, using: &random)) }),
                members: Dictionary(
                    uniqueKeysWithValues: (0..<Int.random(in: 1...12, using: &random)).map {
                        let wanted = topics.filter { _ in .random(using: &random) }
                        return ("m\($0)", wanted.isEmpty ? topics : wanted)
                    }))
        }
        let text = String(decoding: try JSONEncoder().encode(cases), as: UTF8.self)
        let printed = try PythonScript("assign_partitions.py", text).finish()
        let theirs = try JSONDecoder().decode([[String: [String]]].self, from: printed)
        for (one, expected) in zip(cases, theirs) {
            let members = one.members.map { SubscribedMember(memberID: $0, topics: Set($1)) }
            let shares = assignor.assign(members, partitionCounts: one.topics)
            let named = shares.mapValues { $0.map(\.description).sorted() }
            #expect(named == expected.mapValues { $0.sorted() }, "seed \(random.seed)")
        }
    }
}
