import Glibc
import KafkaProtocol
import Testing

@testable import Broker

@Suite("Limits of connections")
struct ConnectionRateTests {
    private func config(_ settings: [String: String]) throws -> BrokerConfig {
        var written = settings.map { WrittenSetting(key: $0, value: $1, origin: "test") }
        written.append(
            WrittenSetting(
                key: "listeners", value: "PLAINTEXT://127.0.0.1:0,ADMIN://127.0.0.1:0",
                origin: "test"))
        written.append(
            WrittenSetting(
                key: "listener.security.protocol.map",
                value: "PLAINTEXT:PLAINTEXT,ADMIN:PLAINTEXT", origin: "test"))
        return try BrokerConfig.reading(written).config
    }

    private func quotas(_ rates: [QuotaEntity: Double] = [:]) throws -> ClientQuotas {
        let directory = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(directory) }
        let quotas = try ClientQuotas(directory: directory, config: BrokerConfig())
        try quotas.alter(to: QuotaTable(rates.mapValues { [.connectionCreationRate: $0] }))
        return quotas
    }

    @Test("pause a listener to which connections come too fast, and administrators' never")
    func rates() throws {
        let rates = ConnectionRates(
            try config([
                "max.connection.creation.rate": "10", "weir.admin.listener.name": "ADMIN",
            ]), quotas: try quotas())
        for _ in 0..<100 { #expect(rates.accept(at: "PLAINTEXT", nowMs: 0) == 0) }
        #expect(rates.accept(at: "PLAINTEXT", nowMs: 0) == 100)
        // As in Kafka, for a window at most.
        for _ in 0..<100 { _ = rates.accept(at: "PLAINTEXT", nowMs: 0) }
        #expect(rates.accept(at: "PLAINTEXT", nowMs: 0) == 1000)
        #expect(rates.accept(at: "ADMIN", nowMs: 0) == 0)
        #expect(!rates.hasLimit(for: "ADMIN"))
    }

    @Test("pause one listener by its own rate")
    func ofListener() throws {
        let rates = ConnectionRates(
            try config(["listener.name.admin.max.connection.creation.rate": "1"]),
            quotas: try quotas())
        for _ in 0..<10 { #expect(rates.accept(at: "ADMIN", nowMs: 0) == 0) }
        #expect(rates.accept(at: "ADMIN", nowMs: 0) == 1000)
        #expect(!rates.hasLimit(for: "PLAINTEXT"))
    }

    @Test("end what one address opens too fast, and count it nowhere")
    func ofAddress() throws {
        let rates = ConnectionRates(
            try config(["max.connection.creation.rate": "2"]),
            quotas: try quotas([
                QuotaEntity(address: .byDefault): 1, QuotaEntity(address: .named("10.0.0.9")): 100,
            ]))
        for _ in 0..<10 {
            #expect(rates.admit("10.0.0.1", at: "PLAINTEXT", nowMs: 0) == 0)
            #expect(rates.accept(at: "PLAINTEXT", nowMs: 0) == 0)
        }
        for _ in 0..<50 {
            #expect(rates.admit("10.0.0.1", at: "PLAINTEXT", nowMs: 0) == 1000)
        }
        for _ in 0..<10 { #expect(rates.accept(at: "PLAINTEXT", nowMs: 0) == 0) }
        #expect(rates.accept(at: "PLAINTEXT", nowMs: 0) > 0)
        for _ in 0..<10 { #expect(rates.admit("10.0.0.9", at: "PLAINTEXT", nowMs: 0) == 0) }
        #expect(rates.admit("10.0.0.1", at: "PLAINTEXT", nowMs: 12_000) == 0)
    }

    @Test("end what the addresses of one IPv6 network open too fast")
    func ofNetwork() throws {
        let rates = ConnectionRates(
            try config([:]),
            quotas: try quotas([
                QuotaEntity(address: .byDefault): 1, QuotaEntity(address: .named("2001:db8::9")): 1,
            ]))
        for index in 0..<10 {
            #expect(rates.admit("2001:db8::\(index % 8)", at: "PLAINTEXT", nowMs: 0) == 0)
        }
        #expect(rates.admit("2001:db8::8", at: "PLAINTEXT", nowMs: 0) == 1000)
        #expect(rates.admit("2001:db8::9", at: "PLAINTEXT", nowMs: 0) == 0)
        #expect(rates.admit("2001:db8:1::1", at: "PLAINTEXT", nowMs: 0) == 0)
    }

    @Test("of an address do not pause the listener for others")
    func burst() throws {
        let broker = try TestBroker(["max.connection.creation.rate": "3"])
        let quotas = broker.broker.quotas
        try quotas.alter(
            to: QuotaTable([
                QuotaEntity(address: .named("127.0.0.1")): [.connectionCreationRate: 1]
            ]))
        let clients = try (0..<64).map { _ in try broker.client() }
        let answered = clients.count { client in
            (try? client.ask(ApiVersionsRequest(), version: 3)) != nil
        }
        #expect((10...12).contains(answered))
        let rates = try #require(broker.broker.server.withLock { $0 }?.services.rates)
        // 30 may come in ten seconds, of which those that were refused are none.
        for _ in 0..<10 { #expect(rates.accept(at: "PLAINTEXT") == 0) }
        // Those that were held until their end are no longer.
        var count = 0
        while rates.hold() { count += 1 }
        #expect(count == 128)
    }

    @Test("do not outlive their broker where they are held")
    func stopped() throws {
        let broker = try TestBroker()
        try broker.broker.quotas.alter(
            to: QuotaTable([QuotaEntity(address: .byDefault): [.connectionCreationRate: 1]]))
        let clients = try (0..<15).map { _ in try broker.client() }
        _ = try clients[0].ask(ApiVersionsRequest(), version: 3)
        let services = try #require(broker.broker.server.withLock { $0 }?.services)
        let deadline = ContinuousClock.now + .seconds(20)
        // Each is let in or held; before that the system has it, not the broker.
        while services.limits.total + services.rates.heldCount < clients.count,
            ContinuousClock.now < deadline
        {
            usleep(1000)
        }
        #expect(services.rates.heldCount > 0)
        try broker.stop()
        #expect(services.rates.heldCount == 0)
        #expect(clients.allSatisfy { $0.isClosed() })
    }

    @Test("hold so many that wait for their end, and not more")
    func held() throws {
        let rates = ConnectionRates(try config([:]), quotas: try quotas())
        var count = 0
        while rates.hold() { count += 1 }
        #expect(count == 128)
        rates.release()
        #expect(rates.hold())
    }

    @Test("are those of an address where it has its own, and those of its listener")
    func counts() throws {
        let limits = ConnectionLimits(
            try config([
                "max.connections.per.ip": "1", "max.connections": "3",
                "max.connections.per.ip.overrides": "10.0.0.1:2, ::1:0",
                "listener.name.admin.max.connections": "1", "weir.admin.listener.name": "ADMIN",
            ]))
        try limits.admit("10.0.0.1", listener: "PLAINTEXT")
        try limits.admit("10.0.0.1", listener: "PLAINTEXT")
        #expect(throws: ConnectionLimits.Refusal.address("10.0.0.1", limit: 2)) {
            try limits.admit("10.0.0.1", listener: "PLAINTEXT")
        }
        #expect(throws: ConnectionLimits.Refusal.address("::1", limit: 0)) {
            try limits.admit("::1", listener: "PLAINTEXT")
        }
        try limits.admit("10.0.0.2", listener: "PLAINTEXT")
        #expect(throws: ConnectionLimits.Refusal.total(limit: 3)) {
            try limits.admit("10.0.0.3", listener: "PLAINTEXT")
        }
        try limits.admit("10.0.0.1", listener: "ADMIN")
        #expect(throws: ConnectionLimits.Refusal.listener("ADMIN", limit: 1)) {
            try limits.admit("10.0.0.2", listener: "ADMIN")
        }
        limits.leave("10.0.0.1", listener: "ADMIN")
        try limits.admit("10.0.0.2", listener: "ADMIN")
        #expect(limits.total == 4)
    }

    @Test("refuse an administrators' listener that there is not", arguments: ["OTHER"])
    func unknown(name: String) {
        #expect(throws: BrokerConfigError.self) {
            try config(["weir.admin.listener.name": name])
        }
    }
}
