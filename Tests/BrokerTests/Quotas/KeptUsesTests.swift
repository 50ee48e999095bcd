import Testing

@testable import Broker

@Suite("Uses of quotas that are kept")
struct KeptUsesTests {
    /// In a directory that is there until the end.
    private final class Fixture {
        let quotas: ClientQuotas
        private let directory = TestBroker.temporaryDirectory()

        init(_ table: [QuotaEntity: [QuotaKey: Double]], maximum: Int64) throws {
            var config = BrokerConfig()
            config.maxQuotaClients = maximum
            quotas = try ClientQuotas(directory: directory, config: config)
            #expect(quotas.currentVersion == 0)
            try quotas.alter(to: QuotaTable(table))
        }

        deinit { TestBroker.removeTree(directory) }
    }

    private static let start: Int64 = 1_000_000
    private static let byDefault = QuotaEntity(clientID: .byDefault)

    @Test("cost nothing where there are no quotas, and are of a bound number")
    func bounded() throws {
        let fixture = try Fixture([Self.byDefault: [.producerByteRate: 10]], maximum: 3)
        let quotas = fixture.quotas
        #expect(quotas.currentVersion != 0)
        func use(_ clientID: String, _ ms: Int64) throws -> QuotaUse {
            let uses = quotas.uses(user: "u", clientID: clientID, nowMs: Self.start + ms)
            return try #require(uses.producer)
        }
        // Where none has to wait, the one that was used longest ago makes room, and its holders learn of it.
        let uses = try (0..<4).map { try use("c\($0)", Int64($0)) }
        #expect(quotas.useCount == 3 && uses.map(\.isForgotten) == [true, false, false, false])
        #expect(try use("c2", 5) === uses[2] && use("c0", 5) !== uses[0])
        #expect(quotas.useCount == 3 && uses[1].isForgotten)
        // Where all have to wait, those who come share one use, until there is room.
        for name in ["c0", "c2", "c3"] {
            _ = try use(name, 5).charge(1000, nowMs: Self.start + 5)
        }
        let shared = try use("c4", 6)
        #expect(try use("c5", 6) === shared && quotas.useCount == 3)
        #expect(try use("c3", 6) === uses[3])
        // What was not used for all windows makes room.
        #expect(try use("c9", 12_000) !== shared && shared.isForgotten)
        #expect(quotas.useCount == 1)
        try withExtendedLifetime(fixture) { try quotas.alter(to: QuotaTable()) }
        #expect(quotas.currentVersion == 0)
    }

    @Test("that are set by name are nobody else's, however many strangers come")
    func named() throws {
        let batch = QuotaEntity(user: .named("batch"))
        let fixture = try Fixture(
            [Self.byDefault: [.producerByteRate: 10], batch: [.producerByteRate: 1e9]], maximum: 2)
        let quotas = fixture.quotas
        func use(_ user: String, _ clientID: String) throws -> QuotaUse {
            let uses = quotas.uses(user: user, clientID: clientID, nowMs: Self.start)
            return try #require(uses.producer)
        }
        for name in ["c0", "c1"] { _ = try use("u", name).charge(1e6, nowMs: Self.start) }
        let own = try use("batch", "x")
        let stranger = try use("u", "c2")
        #expect(try use("batch", "y") === own && stranger !== own && quotas.useCount == 2)
        _ = stranger.charge(1e6, nowMs: Self.start)
        #expect(own.charge(1e6, nowMs: Self.start) == 0)
        try withExtendedLifetime(fixture) {
            try quotas.alter(to: QuotaTable([Self.byDefault: [.producerByteRate: 10]]))
        }
        #expect(own.isForgotten)
    }

    @Test("count a client id that is too long to be named as none")
    func longNames() throws {
        let fixture = try Fixture([Self.byDefault: [.producerByteRate: 10]], maximum: 100)
        let quotas = fixture.quotas
        func use(_ clientID: String) -> QuotaUse? {
            quotas.uses(user: "u", clientID: clientID, nowMs: Self.start).producer
        }
        let longest = String(repeating: "x", count: QuotaEntity.longestName)
        #expect(use(longest + "x") === use("") && use(longest + "y") === use(""))
        #expect(use(longest) !== use("") && quotas.useCount == 2)
    }
}
