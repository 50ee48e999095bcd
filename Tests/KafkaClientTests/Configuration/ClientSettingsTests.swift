import Testing

@testable import KafkaClient

@Suite("Client settings")
struct ClientSettingsTests {
    private let servers = ["bootstrap.servers": "localhost:9092"]

    private func error(_ values: [String: String]) -> ClientSettingsError? {
        do {
            _ = try ClientSettings(servers.merging(values) { $1 })
            return nil
        } catch {
            return error
        }
    }

    @Test("have a name of their own each, and a default that they accept")
    func table() throws {
        #expect(Set(ClientSettings.names).count == ClientSettings.names.count)
        for setting in ClientSettings.table where setting.name != "bootstrap.servers" {
            #expect(error([setting.name: setting.defaultValue]) == nil, "\(setting.name)")
            #expect(setting.meaning.hasSuffix("."), "\(setting.name)")
        }
    }

    @Test("are read under Kafka's names")
    func reading() throws {
        let settings = try ClientSettings([
            "bootstrap.servers": "a:1, [::1]:2", "acks": "1", "retry.backoff.ms": "7",
            "metadata.recovery.strategy": "none",
        ])
        #expect(
            settings.connection.bootstrapServers == [
                BrokerAddress(host: "a", port: 1), BrokerAddress(host: "::1", port: 2),
            ])
        #expect(settings.producer.acks == .leader)
        #expect(settings.metadata.retryBackoffMs == 7)
        #expect(settings.metadata.recoveryStrategy == .none)
    }

    @Test("suggest the name that was meant")
    func suggestion() {
        #expect(
            error(["request.timeuot.ms": "1"])
                == .unknown(name: "request.timeuot.ms", nearest: "request.timeout.ms"))
    }

    @Test(
        "refuse values outside their range",
        arguments: [
            ("acks", "2"), ("acks", ""), ("retries", "-1"), ("max.request.size", "2147483648"),
            ("request.timeout.ms", "0"), ("enable.idempotence", "yes"),
            ("bootstrap.servers", "localhost"), ("bootstrap.servers", "a:1,,b:2"),
            ("bootstrap.servers", "a:0"), ("bootstrap.servers", "http://a:80"),
            ("bootstrap.servers", "::1:9092"), ("bootstrap.servers", ""),
        ])
    func ranges(name: String, value: String) {
        guard case .invalid(name, value, _)? = error([name: value]) else {
            Issue.record("\(name)=\(value) was accepted")
            return
        }
    }

    @Test("refuse what contradicts idempotence where it was asked for")
    func conflicts() {
        for (name, value) in [
            ("acks", "1"), ("retries", "0"), ("max.in.flight.requests.per.connection", "6"),
        ] {
            guard case .conflict? = error(["enable.idempotence": "true", name: value]) else {
                Issue.record("\(name)=\(value) was accepted")
                continue
            }
            #expect(
                (try? ClientSettings(servers.merging([name: value]) { $1 }))?
                    .producer.enableIdempotence == false)
        }
        guard case .conflict? = error(["delivery.timeout.ms": "29999"]) else {
            Issue.record("a delivery time-out below the request time-out was accepted")
            return
        }
        #expect(throws: ClientSettingsError.missing("bootstrap.servers")) {
            try ClientSettings([:])
        }
    }

    @Test(
        "of the other group protocol are refused by name",
        arguments: [
            ("consumer", "session.timeout.ms", "6000"),
            ("Consumer", "heartbeat.interval.ms", "100"),
            ("CONSUMER", "partition.assignment.strategy", "range"),
            ("classic", "group.remote.assignor", "range"),
        ])
    func foreignSettings(groupProtocol: String, name: String, value: String) {
        let both = error(["group.protocol": groupProtocol, name: value])
        guard case .conflict(let fault, _)? = both else {
            Issue.record("\(name) was accepted: \(String(describing: both))")
            return
        }
        #expect(fault.hasPrefix("\(name) cannot be set"))
        #expect(error(["group.protocol": groupProtocol]) == nil)
    }
}
