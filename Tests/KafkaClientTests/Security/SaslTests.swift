import Broker
import Foundation
import KafkaProtocol
import NIOCore
import NIOPosix
import TestCertificates
import Testing

@testable import KafkaClient
@testable import Security

@Suite("With a login")
struct SaslTests {
    private static let module = "org.apache.kafka.common.security"

    private static func running(_ settings: [String: String] = [:]) throws -> RunningBroker {
        try RunningBroker(
            settings.merging([
                "listeners": "LOGIN://127.0.0.1:0",
                "listener.security.protocol.map": "LOGIN:SASL_PLAINTEXT",
                "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512",
                "listener.name.login.plain.sasl.jaas.config":
                    "\(module).plain.PlainLoginModule required user_admin=\"secret\";",
                "connection.failed.authentication.delay.ms": "1",
            ]) { own, _ in own })
    }

    private static func settings(
        _ broker: RunningBroker, _ others: [String: String] = [:]
    ) throws -> ClientSettings {
        try ClientSettings(
            others.merging([
                "bootstrap.servers": "127.0.0.1:\(broker.port)",
                "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "PLAIN",
                "sasl.jaas.config":
                    "\(module).plain.PlainLoginModule required username=\"admin\" password=\"secret\";",
            ]) { own, _ in own })
    }

    private static func open(_ settings: ClientSettings) async throws -> BrokerConnection {
        try await BrokerConnection.open(
            Peer(address: settings.connection.bootstrapServers[0]), settings: settings.connection,
            on: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent
        ).get()
    }

    private static func fault(_ settings: ClientSettings) async throws -> String {
        try await connectionError {
            _ = try await open(settings).send(MetadataRequest()).get()
        }.map { "\($0)" } ?? ""
    }

    /// Gives a user a password by every mechanism of SCRAM.
    private static func add(_ name: String, _ password: String, _ broker: RunningBroker)
        async throws
    {
        var request = AlterUserScramCredentialsRequest()
        for (number, algorithm) in [(Int8(1), ScramAlgorithm.sha256), (2, .sha512)] {
            var upsertion = AlterUserScramCredentialsRequest.Upsertion()
            upsertion.name = name
            upsertion.mechanism = number
            upsertion.iterations = 4096
            upsertion.salt = OpaqueBytes([1, 2, 3])
            upsertion.saltedPassword = OpaqueBytes(
                algorithm.saltedPassword(password, salt: [1, 2, 3], iterations: 4096))
            request.upsertions.append(upsertion)
        }
        let admin = try await open(settings(broker))
        let answer = try await admin.send(request).get().body
        #expect(answer.results.map(\.errorCode) == [.none])
        try await admin.close().get()
    }

    @Test(
        "requests are answered, by each mechanism",
        arguments: ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
    func mechanisms(name: String) async throws {
        let broker = try Self.running()
        try await Self.add("bob", "h,=\u{FC}", broker)
        let user = name == "PLAIN" ? ("admin", "secret") : ("bob", "h,=\u{FC}")
        let settings = try Self.settings(
            broker,
            [
                "sasl.mechanism": name,
                "sasl.jaas.config":
                    "\(Self.module).X required username=\"\(user.0)\" password=\"\(user.1)\";",
            ])
        #expect(try await Self.fault(settings) == "")
        let wrong = try Self.settings(
            broker,
            [
                "sasl.mechanism": name,
                "sasl.jaas.config":
                    "\(Self.module).X required username=\"\(user.0)\" password=\"hunter2\";",
            ])
        let fault = try await Self.fault(wrong)
        #expect(fault.contains("the broker refuses the login by \(name): "), "\(fault)")
        #expect(!fault.contains("hunter2"))
    }

    @Test("what is missing, or not wanted, is told")
    func faults() async throws {
        let broker = try Self.running()
        let plain = try RunningBroker()
        #expect(
            try await Self.fault(Self.settings(plain)).contains("the port wants no login"))
        let unset = try ClientSettings([
            "bootstrap.servers": "127.0.0.1:\(broker.port)", "security.protocol": "SASL_PLAINTEXT",
        ])
        #expect(try await Self.fault(unset).contains("sasl.jaas.config is not set"))
        let without = try ClientSettings(["bootstrap.servers": "127.0.0.1:\(broker.port)"])
        #expect(try await Self.fault(without) != "")
        let few = try Self.running(["sasl.enabled.mechanisms": "PLAIN"])
        let other = try Self.settings(few, ["sasl.mechanism": "SCRAM-SHA-256"])
        #expect(try await Self.fault(other).contains("it has PLAIN; set sasl.mechanism"))
    }

    @Test("a login that ends is made again, and requests go on")
    func again() async throws {
        let broker = try Self.running(["connections.max.reauth.ms": "1500"])
        var settings = try Self.settings(broker)
        // Early, so that a busy machine is not late.
        settings.connection.renewalShares = 0.1...0.2
        let connection = try await Self.open(settings)
        // Longer than a login lasts.
        let end = ContinuousClock.now + .milliseconds(2_000)
        while ContinuousClock.now < end {
            _ = try await connection.send(MetadataRequest()).get()
            try await Task.sleep(for: .milliseconds(5))
        }
        try await connection.close().get()
    }

    @Test("TLS comes in front of it")
    func overTLS() async throws {
        let authority = try CertificateAuthority()
        let store = try authority.issue("broker").keyStore
        let broker = try Self.running([
            "listener.security.protocol.map": "LOGIN:SASL_SSL", "ssl.keystore.location": store,
        ])
        let settings = try Self.settings(
            broker,
            [
                "security.protocol": "SASL_SSL", "ssl.truststore.location": authority.certificate,
            ])
        #expect(try await Self.fault(settings) == "")
    }
}
