import KafkaProtocol
import Testing

@testable import Broker

@Suite("The table of quotas")
struct QuotaTableTests {
    private static let key = QuotaKey.producerByteRate

    private static func operation(
        _ key: String, _ value: Double, remove: Bool = false
    ) -> AlterClientQuotasRequest.Operation {
        var operation = AlterClientQuotasRequest.Operation()
        operation.key = key
        operation.value = value
        operation.remove = remove
        return operation
    }

    private static func entity(_ parts: (String, String?)...) throws -> QuotaEntity {
        let parts = parts.map { ClientQuotaEntityPart(entityType: $0.0, entityName: $0.1) }
        return try QuotaEntity(parts)
    }

    @Test("has the most specific quota hold, in Kafka's order")
    func precedence() {
        let user = QuotaEntity.Name.named("u")
        let client = QuotaEntity.Name.named("c")
        let order: [(QuotaEntity, QuotaTable.Owner)] = [
            (QuotaEntity(user: user, clientID: client), .init(user: "u", clientID: "c")),
            (QuotaEntity(user: user, clientID: .byDefault), .init(user: "u", clientID: "c")),
            (QuotaEntity(user: user), .init(user: "u")),
            (QuotaEntity(user: .byDefault, clientID: client), .init(user: "u", clientID: "c")),
            (QuotaEntity(user: .byDefault, clientID: .byDefault), .init(user: "u", clientID: "c")),
            (QuotaEntity(user: .byDefault), .init(user: "u")),
            (QuotaEntity(clientID: client), .init(clientID: "c")),
            (QuotaEntity(clientID: .byDefault), .init(clientID: "c")),
        ]
        var table = QuotaTable()
        table[QuotaEntity(user: .named("other"))] = [Self.key: 1]
        table[QuotaEntity(clientID: .byDefault)] = [.consumerByteRate: 1]
        #expect(table.limit(of: Self.key, user: "u", clientID: "c") == nil)
        for (rank, (entity, owner)) in order.enumerated().reversed() {
            table[entity] = [Self.key: Double(rank + 10)]
            let limit = table.limit(of: Self.key, user: "u", clientID: "c")
            #expect(limit?.owner == owner && limit?.value == Double(rank + 10))
        }
        let other = table.limit(of: Self.key, user: "other", clientID: "x")
        #expect(other?.value == 1 && other?.owner == .init(user: "other"))
    }

    @Test("has a client without an id under the default's quota")
    func withoutID() {
        var table = QuotaTable()
        table[QuotaEntity(clientID: .byDefault)] = [Self.key: 5]
        #expect(table.limit(of: Self.key, user: "u", clientID: "")?.value == 5)
    }

    @Test("refuses entities that Kafka has not")
    func entities() {
        let wrong: [[(String, String?)]] = [
            [], [("user", "")], [("group", "g")], [("user", "a"), ("user", "b")],
            [("ip", "127.0.0.1"), ("user", "a")], [("ip", "no.address")],
            [("user", String(repeating: "x", count: 2000))],
        ]
        for parts in wrong {
            let entity = parts.map { ClientQuotaEntityPart(entityType: $0.0, entityName: $0.1) }
            let refusal = #expect(throws: Refusal.self) { _ = try QuotaEntity(entity) }
            #expect(refusal?.code == .invalidRequest)
        }
    }

    @Test("knows an address by its one form")
    func addresses() throws {
        let long = try Self.entity(("ip", "0:0:0:0:0:0:0:1"))
        #expect(long == QuotaEntity(address: .named("::1")))
        var table = QuotaTable()
        table[try Self.entity(("ip", "::ffff:10.0.0.1"))] = [.connectionCreationRate: 3]
        table[try Self.entity(("ip", nil))] = [.connectionCreationRate: 7]
        #expect(table.connectionRate(of: "10.0.0.1") == 3)
        #expect(table.connectionRate(of: "10.0.0.2") == 7)
    }

    @Test(
        "refuses keys and values that Kafka refuses",
        arguments: [
            ("producer_byte_rate", 0.0), ("producer_byte_rate", -1), ("producer_byte_rate", 1.5),
            ("producer_byte_rate", .nan), ("request_percentage", .infinity),
            ("consumer_byte_rate", 1e30), ("connection_creation_rate", 5), ("no_such_key", 5),
            ("producer_byte_rate", 1e-7), ("producer_byte_rate", 0.999),
        ])
    func values(key: String, value: Double) throws {
        let user = try Self.entity(("user", "u"))
        #expect(throws: Refusal.self) {
            _ = try QuotaTable().values(of: user, after: [Self.operation(key, value)])
        }
    }

    @Test("takes for a whole number what is nearly one")
    func rounded() throws {
        let user = try Self.entity(("user", "u"))
        let values = try QuotaTable().values(
            of: user,
            after: [
                Self.operation("producer_byte_rate", 9.999_999_9),
                Self.operation("consumer_byte_rate", 7.000_000_1),
                Self.operation("request_percentage", 0.25),
            ])
        #expect(
            values == [.producerByteRate: 10, .consumerByteRate: 7, .requestPercentage: 0.25])
    }

    @Test("is altered as a whole, and forgets entities without quotas")
    func altered() throws {
        let user = try Self.entity(("user", "u"), ("client-id", nil))
        var table = QuotaTable()
        table[user] = try table.values(
            of: user,
            after: [
                Self.operation("request_percentage", 0.5), Self.operation("producer_byte_rate", 9),
            ])
        let set = table
        #expect(set[user] == [.requestPercentage: 0.5, .producerByteRate: 9])
        #expect(throws: Refusal.self) {
            _ = try set.values(
                of: user,
                after: [
                    Self.operation("producer_byte_rate", 1),
                    Self.operation("producer_byte_rate", 2),
                ])
        }
        table[user] = try table.values(
            of: user,
            after: [
                Self.operation("request_percentage", 0, remove: true),
                Self.operation("producer_byte_rate", 0, remove: true),
                Self.operation("no_such_key", 0, remove: true),
            ])
        #expect(table.isEmpty && !table.hasClients && set.hasClients)
    }

    private struct Asked {
        var type: String
        var matchType: Int8
        var match: String?

        init(_ type: String, _ matchType: Int8, _ match: String?) {
            self.type = type
            self.matchType = matchType
            self.match = match
        }

        var component: DescribeClientQuotasRequest.Component {
            var component = DescribeClientQuotasRequest.Component()
            component.entityType = type
            component.matchType = matchType
            component.match = match
            return component
        }
    }

    private static func described(
        _ table: QuotaTable, _ asked: [Asked], strict: Bool = false
    ) throws -> [String] {
        let found = try table.described(by: asked.map(\.component), strict: strict)
        return found.map { entity, _ in
            let parts = entity.parts.map { "\($0.entityType)=\($0.entityName ?? "*")" }
            return parts.joined(separator: " ")
        }
    }

    @Test("describes what the components match, strictly or not")
    func described() throws {
        var table = QuotaTable()
        for entity in [
            try Self.entity(("user", "u")), try Self.entity(("user", nil)),
            try Self.entity(("user", "u"), ("client-id", "c")), try Self.entity(("client-id", "c")),
            try Self.entity(("ip", "10.0.0.1")),
        ] {
            table[entity] = [entity.address == nil ? Self.key : .connectionCreationRate: 1]
        }
        func names(_ asked: [Asked], strict: Bool = false) throws -> [String] {
            try Self.described(table, asked, strict: strict)
        }
        #expect(try names([]).count == 5)
        #expect(try names([Asked("user", 0, "u")]) == ["user=u", "user=u client-id=c"])
        #expect(try names([Asked("user", 0, "u")], strict: true) == ["user=u"])
        #expect(try names([Asked("user", 1, nil)]) == ["user=*"])
        #expect(try names([Asked("user", 2, nil)], strict: true) == ["user=*", "user=u"])
        #expect(
            try names([Asked("user", 2, nil), Asked("client-id", 0, "c")]) == ["user=u client-id=c"]
        )
        #expect(try names([Asked("ip", 2, nil)]) == ["ip=10.0.0.1"])
        for wrong in [
            [Asked("group", 2, nil)], [Asked("user", 2, nil), Asked("user", 2, nil)],
            [Asked("user", 3, nil)],
            [Asked("user", 0, nil)], [Asked("user", 1, "u")],
            [Asked("ip", 2, nil), Asked("user", 2, nil)],
        ] {
            #expect(throws: Refusal.self) { _ = try names(wrong) }
        }
    }
}
