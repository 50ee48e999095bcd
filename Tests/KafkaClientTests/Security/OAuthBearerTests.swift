import Broker
import Foundation
import KafkaProtocol
import NIOCore
import NIOPosix
import TestCertificates
import Testing

@testable import KafkaClient
@testable import Security

@Suite("With a token")
struct OAuthBearerTests {
    /// A directory with an issuer's keys and one of its tokens in files.
    final class Files {
        let directory = FileManager.default.temporaryDirectory
            .appending(component: "weir-tokens-\(UUID().uuidString)")

        init(_ keys: [[String: String]]) throws {
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
            try TokenIssuer.keySet(keys).write(to: directory.appending(component: "keys.json"))
        }

        deinit { try? FileManager.default.removeItem(at: directory) }

        func url(_ name: String) -> String { "file://\(directory.path)/\(name)" }

        func write(_ token: String) throws {
            try token.write(
                to: directory.appending(component: "token"), atomically: true, encoding: .utf8)
        }
    }

    static func running(
        _ files: Files, _ settings: [String: String] = [:]
    ) throws -> RunningBroker {
        try RunningBroker(
            settings.merging([
                "listeners": "LOGIN://127.0.0.1:0",
                "listener.security.protocol.map": "LOGIN:SASL_PLAINTEXT",
                "sasl.enabled.mechanisms": "OAUTHBEARER",
                "sasl.oauthbearer.jwks.endpoint.url": files.url("keys.json"),
                OAuthBearerSettings.allowedURLsName: files.url("keys.json"),
                "sasl.oauthbearer.expected.audience": "kafka",
                "connection.failed.authentication.delay.ms": "1",
            ]) { own, _ in own })
    }

    private static func settings(
        _ broker: RunningBroker, _ files: Files, _ others: [String: String] = [:]
    ) throws -> ClientSettings {
        try ClientSettings(
            others.merging([
                "bootstrap.servers": "127.0.0.1:\(broker.port)",
                "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER",
                "sasl.oauthbearer.token.endpoint.url": files.url("token"),
                OAuthBearerSettings.allowedURLsName: files.url("token"),
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

    @Test("whoever has one that holds is let in, and nobody else")
    func logins() async throws {
        let (issuer, other) = (try TokenIssuer("RS256"), try TokenIssuer("RS256", keyID: "k2"))
        let files = try Files([issuer.publicKey()])
        let broker = try Self.running(files)
        let settings = try Self.settings(broker, files)
        let audience = ["aud": "\"kafka\""]
        try files.write(issuer.token(audience))
        #expect(try await Self.fault(settings) == "")
        for (token, reason) in [
            (try issuer.token(audience.merging(["exp": "1000"]) { $1 }), "expired"),
            (try issuer.token(["aud": "\"other\""]), "another audience"),
            (try other.token(audience), "not among the issuer's"),
            (try issuer.token(audience, header: #"{"alg":"none"}"#), "not signed by one of"),
            ("a.b.c", "no signed JSON Web Token"),
        ] {
            try files.write(token)
            let fault = try await Self.fault(settings)
            #expect(fault.contains(reason), "\(fault)")
            #expect(!fault.contains(token))
        }
        try FileManager.default.removeItem(
            at: files.directory.appending(component: "token"))
        let missing = try await Self.fault(settings)
        #expect(missing.contains("sasl.oauthbearer.token.endpoint.url"), "\(missing)")
    }

    @Test("a login lasts as long as its token, and is made again with the next one")
    func again() async throws {
        let issuer = try TokenIssuer()
        let files = try Files([issuer.publicKey()])
        // A machine that is busy may take a while.
        let broker = try Self.running(files, ["sasl.oauthbearer.clock.skew.seconds": "60"])
        func write(seconds: Double) throws {
            let end = Date.now.timeIntervalSince1970 + seconds
            try files.write(issuer.token(["aud": "\"kafka\"", "exp": "\(end)"]))
        }
        try write(seconds: 1.5)
        var settings = try Self.settings(broker, files)
        settings.connection.renewalShares = 0.1...0.2
        let connection = try await Self.open(settings)
        let end = ContinuousClock.now + .milliseconds(2_500)
        while ContinuousClock.now < end {
            try write(seconds: 1.5)
            _ = try await connection.send(MetadataRequest()).get()
            try await Task.sleep(for: .milliseconds(5))
        }
        try await connection.close().get()

        // With a token that is none it is over.
        try write(seconds: 1)
        let other = try await Self.open(Self.settings(broker, files))
        try files.write("none")
        let fault = try await connectionError {
            while true { _ = try await other.send(MetadataRequest()).get() }
        }
        let reason = "\(try #require(fault))"
        #expect(reason.contains("no signed JSON Web Token"), "\(reason)")
    }

    /// A broker whose logins last for a minute, and a client that renews them early, and has its tokens from a
    /// command. Nobody keeps these, since they have ended already, within what clocks may differ.
    private static func withCommand(
        _ files: Files, _ issuer: TokenIssuer, _ command: String
    ) throws -> (RunningBroker, ClientSettings) {
        let broker = try running(
            files,
            [
                "sasl.oauthbearer.clock.skew.seconds": "3600", "connections.max.reauth.ms": "60000",
            ])
        try files.write(
            issuer.token([
                "aud": "\"kafka\"", "exp": "\(Date.now.timeIntervalSince1970 - 1)",
            ]))
        var settings = try settings(
            broker, files,
            ["sasl.oauthbearer.token.command": "cd \(files.directory.path); \(command); cat token"])
        settings.connection.renewalShares = 0.003...0.005
        return (broker, settings)
    }

    private static func wait(for name: String, in files: Files) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !FileManager.default.fileExists(
            atPath: files.directory.appending(component: name).path)
        {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    @Test("requests go on while the next login waits for its token")
    func slowToken() async throws {
        let issuer = try TokenIssuer()
        let files = try Files([issuer.publicKey()])
        let (broker, settings) = try Self.withCommand(
            files, issuer,
            """
            if [ -e first ]; then touch waits; fi
            while [ -e waits ] && ! [ -e go ]; do sleep 0.01; done
            touch first
            """
        )
        let connection = try await Self.open(settings)
        try await Self.wait(for: "waits", in: files)
        // Nobody makes the token before this is answered.
        _ = try await connection.send(MetadataRequest()).get()
        try "".write(
            to: files.directory.appending(component: "go"), atomically: true, encoding: .utf8)
        try await connection.close().get()
        withExtendedLifetime(broker) {}
    }

    @Test("a token that there is not at once is asked for again while the login holds")
    func failingToken() async throws {
        let issuer = try TokenIssuer()
        let files = try Files([issuer.publicKey()])
        let (broker, settings) = try Self.withCommand(
            files, issuer,
            "if [ -e first ] && ! [ -e second ]; then touch second; exit 1; fi; "
                + "if [ -e second ]; then touch third; fi; touch first")
        let connection = try await Self.open(settings)
        try await Self.wait(for: "third", in: files)
        let end = ContinuousClock.now + .milliseconds(500)
        while ContinuousClock.now < end {
            _ = try await connection.send(MetadataRequest()).get()
        }
        try await connection.close().get()
        withExtendedLifetime(broker) {}
    }

    @Test("a user stays the one that he is")
    func otherUser() async throws {
        let issuer = try TokenIssuer()
        let files = try Files([issuer.publicKey()])
        let broker = try Self.running(files, ["connections.max.reauth.ms": "60000"])
        try files.write(issuer.token(["aud": "\"kafka\""]))
        var settings = try Self.settings(broker, files)
        settings.connection.renewalShares = 0.003...0.005
        let connection = try await Self.open(settings)
        try files.write(issuer.token(["aud": "\"kafka\"", "sub": "\"bob\""]))
        let fault = try await connectionError {
            while true { _ = try await connection.send(MetadataRequest()).get() }
        }
        let reason = "\(try #require(fault))"
        #expect(reason.contains("Cannot change principals"), "\(reason)")
    }

    @Test(
        "settings that name no token, or a place that is not allowed, are refused with the remedy")
    func refusedSettings() throws {
        let files = try Files([])
        let common = [
            "bootstrap.servers": "a:1", "security.protocol": "SASL_SSL",
            "sasl.mechanism": "OAUTHBEARER",
        ]
        for (settings, remedy) in [
            ([:], "sasl.oauthbearer.token.endpoint.url"),
            (
                ["sasl.oauthbearer.token.endpoint.url": "https://a/"],
                OAuthBearerSettings.allowedURLsName
            ),
            (
                [
                    "sasl.oauthbearer.token.endpoint.url": "https://a/",
                    OAuthBearerSettings.allowedURLsName: "https://a/",
                ], "sasl.oauthbearer.client.id"
            ),
        ] {
            do {
                _ = try ClientSettings(common.merging(settings) { $1 })
                Issue.record("\(settings) were taken")
            } catch {
                #expect("\(error)".contains(remedy), "\(error)")
            }
        }
        for settings in [
            ["sasl.oauthbearer.jwks.endpoint.url": ""],
            [OAuthBearerSettings.allowedURLsName: "https://a/"],
            ["sasl.oauthbearer.jwks.endpoint.url": "ftp://a/"],
        ] {
            #expect(throws: (any Error).self) { try Self.running(files, settings) }
        }
    }

    @Test(
        "confluent-kafka is let in with the token of its callback",
        .enabled(if: PythonScript.python != nil, PythonScript.comment))
    func confluent() async throws {
        let issuer = try TokenIssuer("RS256")
        let files = try Files([issuer.publicKey()])
        let broker = try Self.running(files)
        let right = try issuer.token(["aud": "\"kafka\""])
        let wrong = try issuer.token(["aud": "\"other\""])
        for (token, outcome) in [(right, "ok"), (wrong, "refused")] {
            try files.write(token)
            let path = files.directory.appending(component: "token").path
            let script = try PythonScript("log_in_by_token.py", "\(broker.address)", path)
            #expect(String(decoding: try script.finish(), as: UTF8.self) == "\(outcome)\n")
        }
    }
}
