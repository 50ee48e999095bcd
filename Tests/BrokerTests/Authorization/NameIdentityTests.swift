import CommitLog
import KafkaProtocol
import RecordFormat
import Security
import Testing

@testable import Broker

@Suite("Names that look the same and have other bytes")
struct NameIdentityTests {
    /// Swift's strings are equal in each pair.
    static let pairs = [
        ["Keys", "\u{212A}eys"], ["\u{e9}quipe", "e\u{301}quipe"],
        ["a\u{301}\u{323}", "a\u{323}\u{301}"],
    ]

    private func made<Value>(_ value: Value, _ change: (inout Value) -> Void) -> Value {
        var value = value
        change(&value)
        return value
    }

    @Test(
        "are different for ACLs: as resources, prefixes, principals and filters",
        arguments: NameIdentityTests.pairs)
    func rules(pair: [String]) {
        #expect(pair[0] == pair[1])
        for (name, other) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            let acls = [
                Acl.test(.deny, .read, .group, name),
                .test(.deny, .read, .topic, name, patternType: .prefixed),
                .test(.deny, .write, .group, principal: "User:\(name)"),
            ]
            let rules = AclRules(Set(acls))
            func isDenied(
                _ operation: AclOperation, _ type: ResourceType, _ resource: String,
                by user: String = "ANONYMOUS"
            ) -> Bool {
                rules.finding(
                    operation, on: type, resource,
                    by: AclClient(principal: Principal(name: user), host: "10.0.0.1")
                ).isDenied
            }
            #expect(isDenied(.read, .group, name) && !isDenied(.read, .group, other))
            #expect(isDenied(.read, .topic, name + "1") && !isDenied(.read, .topic, other + "1"))
            #expect(
                isDenied(.write, .group, "g", by: name) && !isDenied(.write, .group, "g", by: other)
            )
            let both = Set([
                Acl.test(.deny, .read, .group, name), .test(.deny, .read, .group, other),
            ])
            #expect(both.count == 2)
            let filter = AclFilter(
                resourceType: .any, resourceName: other, patternType: .match, operation: .any,
                permissionType: .any)
            #expect(
                both.filter(filter.matches).map(\.resourceName.utf8.count) == [other.utf8.count])
            #expect(Set([Principal(name: name), Principal(name: other)]).count == 2)
        }
    }

    @Test("of a topic find none, and with an authorizer nobody may do anything to them")
    func topics() throws {
        let deny = Acl.test(.deny, .all, .topic, "Keys", patternType: .prefixed)
        for (settings, code) in [
            ([:], ErrorCode.unknownTopicOrPartition),
            (AuthorizerSettings.standard, .topicAuthorizationFailed),
        ] as [([String: String], ErrorCode)] {
            let broker = try TestBroker(settings)
            if !settings.isEmpty { try broker.add(.test(.allow, .all, .topic), deny) }
            try broker.topic("Keys-1")
            let client = try broker.client()
            let fetched = try client.ask(
                TestClient.fetchRequest("\u{212A}eys-1", offset: 0), version: 12)
            #expect(fetched.responses[0].partitions[0].errorCode == code)
            let log = broker.broker.log
            #expect(log.topic("\u{212A}eys-1") == nil && log.topicID(of: "\u{212A}eys-1") == nil)
            #expect(log.partitions(of: "\u{212A}eys-1") == nil && log.topic("Keys-1") != nil)
            #expect(throws: LogError.self) { try log.deleteTopic("\u{212A}eys-1") }
        }
    }

    private func commit(_ offset: Int64, _ group: String, _ client: TestClient) throws {
        let answer = try retried {
            try client.ask(
                made(OffsetCommitRequest()) {
                    $0.groupID = group
                    $0.topics = [
                        made(OffsetCommitRequest.Topic()) {
                            $0.name = "t"
                            $0.partitions = [
                                made(OffsetCommitRequest.Partition()) {
                                    $0.committedOffset = Offset(offset)
                                }
                            ]
                        }
                    ]
                }, version: 9)
        } code: {
            $0.topics[0].partitions[0].errorCode
        }
        #expect(answer.topics[0].partitions[0].errorCode == .none)
    }

    private func committed(_ groups: [String], _ client: TestClient) throws -> [Offset?] {
        try retried {
            try client.ask(
                made(OffsetFetchRequest()) {
                    $0.groups = groups.map { id in
                        made(OffsetFetchRequest.Group()) {
                            $0.groupID = id
                            $0.topics = nil
                        }
                    }
                }, version: 9)
        } code: {
            $0.groups.first { $0.errorCode != .none }?.errorCode ?? .none
        }.groups.map { $0.topics.first?.partitions.first?.committedOffset }
    }

    @Test("are different groups, also after a restart")
    func groups() throws {
        let names = Self.pairs.flatMap { $0 }
        let first = try TestBroker()
        try first.topic("t")
        for (index, name) in names.enumerated() {
            try commit(Int64(index), name, try first.client())
        }
        let expected = names.indices.map { Offset(Int64($0)) }
        #expect(try committed(names, try first.client()) == expected)
        try first.stopForNext()
        let second = try TestBroker(directory: first.directory)
        let client = try second.client()
        #expect(try committed(names, client) == expected)
        let deleted = try client.ask(
            made(DeleteGroupsRequest()) { $0.groupsNames = [names[3]] }, version: 2)
        #expect(deleted.results.map(\.errorCode) == [.none])
        #expect(try committed([names[2], names[3]], client) == [Offset(2), nil])
        try second.stop()
    }

    @Test("are different transactional ids")
    func transactions() throws {
        let broker = try TestBroker()
        let client = try broker.client()
        var ids: [ProducerID] = []
        for _ in 0..<2 {
            for name in Self.pairs[1] {
                let begun = try retried {
                    try client.ask(
                        made(InitProducerIDRequest()) {
                            $0.transactionalID = name
                            $0.transactionTimeoutMs = 60_000
                        }, version: 4)
                } code: {
                    $0.errorCode
                }
                #expect(begun.errorCode == .none)
                ids.append(begun.producerID)
            }
        }
        #expect(ids[0] == ids[2] && ids[1] == ids[3] && ids[0] != ids[1])
    }

    @Test("are different users")
    func users() {
        let token = try? PlainToken(Array("\0\u{212A}ate\0secret".utf8))
        #expect(token?.isRight(among: ["\u{212A}ate": "secret"]) == true)
        #expect(token?.isRight(among: ["Kate": "secret"]) == false)
    }
}
