import Foundation
import KafkaProtocol
import NIOCore
import NIOEmbedded
import NIOPosix
import Security
import TestCertificates
import Testing

@testable import Broker

@Suite("A login")
struct LoginTests {
    private static let settings = [
        "listener.security.protocol.map": "PLAINTEXT:SASL_PLAINTEXT",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-256",
        "listener.name.plaintext.plain.sasl.jaas.config":
            "org.apache.kafka.common.security.plain.PlainLoginModule required user_alice=\"right\";",
        "connection.failed.authentication.delay.ms": "50",
    ]

    private static func plain(_ password: String, name: String = "alice") -> [UInt8] {
        PlainToken(name: name, password: password).bytes
    }

    private static func handshake(_ mechanism: String) -> SaslHandshakeRequest {
        var request = SaslHandshakeRequest()
        request.mechanism = mechanism
        return request
    }

    private static func authenticate(_ token: [UInt8]) -> SaslAuthenticateRequest {
        var request = SaslAuthenticateRequest()
        request.authBytes = OpaqueBytes(token)
        return request
    }

    @Test("comes before all but the versions", arguments: [Int16(0), 1, 2])
    func order(version: Int16) throws {
        let broker = try TestBroker(Self.settings)
        let stranger = try broker.client()
        #expect(try stranger.ask(ApiVersionsRequest(), version: 3).errorCode == .none)
        try stranger.post(MetadataRequest(), version: 9)
        #expect(stranger.isClosed())
        let hasty = try broker.client()
        try hasty.post(Self.authenticate(Self.plain("right")), version: version)
        #expect(hasty.isClosed())
        let client = try broker.client()
        let chosen = try client.ask(Self.handshake("PLAIN"), version: 1)
        #expect(chosen.errorCode == .none && chosen.mechanisms == ["PLAIN", "SCRAM-SHA-256"])
        let answer = try client.ask(Self.authenticate(Self.plain("right")), version: version)
        #expect(answer.errorCode == .none && answer.sessionLifetimeMs == 0)
        _ = try client.ask(MetadataRequest(), version: 9)
        #expect(
            try client.ask(Self.handshake("PLAIN"), version: 1).errorCode == .illegalSaslState)
        _ = try client.ask(MetadataRequest(), version: 9)
    }

    @Test("may come in tokens without headers, as after version 0 of SaslHandshake")
    func raw() throws {
        let broker = try TestBroker(Self.settings)
        let client = try broker.client()
        #expect(try client.ask(Self.handshake("PLAIN"), version: 0).errorCode == .none)
        let token = Self.plain("right")
        try client.send([0, 0, 0, UInt8(token.count)] + token)
        #expect(try client.receiveFrame() == [])
        _ = try client.ask(MetadataRequest(), version: 9)
        let wrong = try broker.client()
        _ = try wrong.ask(Self.handshake("PLAIN"), version: 0)
        try wrong.send([0, 0, 0, UInt8(token.count)] + Self.plain("wrong"))
        #expect(wrong.isClosed())
    }

    @Test("with a wrong password is answered late, and ends the connection; others notice nothing")
    func failure() throws {
        let lines = LinesKept()
        let broker = try TestBroker(Self.settings, lines: lines)
        let wrong = try (0..<20).map { _ in try broker.client() }
        for client in wrong {
            _ = try client.ask(Self.handshake("PLAIN"), version: 1)
            try client.post(Self.authenticate(Self.plain("wrong")), version: 2)
        }
        let begun = ContinuousClock.now
        let right = try broker.client()
        _ = try right.ask(Self.handshake("PLAIN"), version: 1)
        _ = try right.ask(Self.authenticate(Self.plain("right")), version: 2)
        _ = try right.ask(MetadataRequest(), version: 9)
        for client in wrong {
            let answer = try client.response(SaslAuthenticateResponse.self, version: 2).body
            #expect(answer.errorCode == .saslAuthenticationFailed)
            #expect(answer.errorMessage == "Authentication failed: Invalid username or password")
            #expect(client.isClosed())
        }
        #expect(ContinuousClock.now - begun > .milliseconds(30))
        #expect(lines.matching("a login failed").contains { $0.contains("127.0.0.1") })
        #expect(lines.matching("wrong").isEmpty)
    }

    @Test("that fails is told of with who it was, of each address so many times")
    func told() throws {
        let lines = LinesKept()
        let settings = Self.settings.merging(["connection.failed.authentication.delay.ms": "0"]) {
            $1
        }
        let broker = try TestBroker(settings, lines: lines)
        for (mechanism, token) in [
            ("PLAIN", Self.plain("wrong", name: "eve\n")),
            ("SCRAM-SHA-256", Array("n,,n=mallory,r=x\nwrong".utf8)),
        ] {
            let client = try broker.client()
            _ = try client.ask(Self.handshake(mechanism), version: 1)
            _ = try client.ask(Self.authenticate(token), version: 2)
        }
        let line = #"from 127.0.0.1 at PLAINTEXT: a login failed, as "eve\n" by PLAIN"#
        #expect(lines.matching(line).count == 1)
        #expect(lines.matching("a login failed by SCRAM-SHA-256").count == 1)
        let log = FailedLogins(lines.logger)
        let start = NIODeadline.now()
        for _ in 0..<1000 { log.note(from: "10.0.0.1", "guess", now: start) }
        log.note(from: "10.0.0.2", "another", now: start)
        #expect(lines.matching("guess").count == FailedLogins.linesPerAddress)
        #expect(lines.matching("another").count == 1)
        for index in 0..<1000 { log.note(from: "2001:db8::\(index)", "many", now: start) }
        #expect(
            lines.matching("many").count == FailedLogins.linesOfAll - FailedLogins.linesPerAddress
                - 1)
        log.note(from: "10.0.0.2", "later", now: start + .seconds(60))
        #expect(lines.matching("more failed logins").count == 1)
    }

    @Test("that fails waits for its time, or until too many others do")
    func held() throws {
        let loop = EmbeddedEventLoop()
        let group = ConnectionGroup(eventLoop: loop, config: BrokerConfig()) { false }
        var given: [Int] = []
        for index in 0...ConnectionGroup.maxHeld {
            group.hold(HeldAnswer { given.append(index) }, for: .seconds(1))
        }
        #expect(given == [0])
        loop.advanceTime(by: .seconds(1))
        #expect(given == Array(0...ConnectionGroup.maxHeld))
    }

    @Test("by a mechanism that there is not is told which there are")
    func mechanism() throws {
        let broker = try TestBroker(Self.settings)
        let client = try broker.client()
        let answer = try client.ask(Self.handshake("GSSAPI"), version: 1)
        #expect(answer.errorCode == .unsupportedSaslMechanism)
        #expect(answer.mechanisms == ["PLAIN", "SCRAM-SHA-256"])
        try client.post(Self.authenticate([]), version: 2)
        #expect(client.isClosed())
    }

    @Test("takes no token of more than 8 KiB", arguments: [Int16(0), 1])
    func largeToken(version: Int16) throws {
        let broker = try TestBroker(Self.settings)
        let client = try broker.client()
        _ = try client.ask(Self.handshake("PLAIN"), version: version)
        let token = [UInt8](repeating: 0, count: (8 << 10) + 1)
        if version == 0 {
            try client.send([0, 0, 0x20, 1] + token)
        } else {
            let answer = try client.ask(Self.authenticate(token), version: 2)
            #expect(answer.errorMessage == "A token has 8192 bytes at most")
        }
        #expect(client.isClosed())
    }

    @Test("takes no large request before it, and has a time")
    func limits() throws {
        let broker = try TestBroker(
            Self.settings.merging([
                "sasl.server.max.receive.size": "1000", "weir.authentication.timeout.ms": "100",
            ]) { $1 })
        let client = try broker.client()
        try client.send([0, 0, 4, 0])
        #expect(client.isClosed())
        let silent = try broker.client()
        #expect(silent.isClosed(), "after weir.authentication.timeout.ms")
        let quick = try broker.client()
        _ = try quick.ask(Self.handshake("PLAIN"), version: 1)
        _ = try quick.ask(Self.authenticate(Self.plain("right")), version: 2)
        let large = String(repeating: "x", count: 5000)
        var metadata = MetadataRequest()
        metadata.topics = [MetadataRequest.Topic()]
        metadata.topics?[0].name = large
        _ = try quick.ask(metadata, version: 9)
    }

    @Test("is not wanted where the listener does not want one")
    func plaintext() throws {
        let broker = try TestBroker()
        let client = try broker.client()
        #expect(
            try client.ask(Self.handshake("PLAIN"), version: 1).errorCode == .illegalSaslState)
        #expect(
            try client.ask(Self.authenticate([1]), version: 2).errorCode == .illegalSaslState)
        _ = try client.ask(MetadataRequest(), version: 9)
    }

    @Test("that lasts for a time is made again, by the same user and mechanism")
    func again() throws {
        var settings = SaslSettings()
        settings.enabledMechanisms = [.plain, .scramSHA256]
        settings.maxReauthMs = 1000
        settings.plainJaas = Secret("P required user_a=\"1\" user_b=\"2\";")
        let directory = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(directory) }
        let service = LoginService(
            settings, credentials: try ScramCredentials(directory: directory), failureDelayMs: 0)
        let start = NIODeadline.now()
        var login = Authenticator(service)
        func logIn(_ login: inout Authenticator, _ name: String, _ password: String) -> Bool {
            guard login.handshake("PLAIN", version: 1) == .none else { return false }
            guard case .done(_, 1000) = login.take(Self.plain(password, name: name), now: start)
            else { return false }
            return true
        }
        #expect(login.refusal(of: .produce, now: start) != nil)
        #expect(logIn(&login, "a", "1") && login.principal == Principal(name: "a"))
        #expect(login.refusal(of: .produce, now: start + .milliseconds(999)) == nil)
        #expect(login.refusal(of: .produce, now: start + .milliseconds(1000)) != nil)
        #expect(login.refusal(of: .saslHandshake, now: start + .milliseconds(1000)) == nil)
        #expect(logIn(&login, "a", "1"))
        var other = login
        #expect(other.handshake("SCRAM-SHA-256", version: 1) == .illegalSaslState)
        other = login
        #expect(!logIn(&other, "b", "2") && other.principal == Principal(name: "a"))
        #expect(other.refusal(of: .produce, now: start) != nil)
        settings.maxReauthMsByMechanism[.plain] = 0
        var lasting = Authenticator(
            LoginService(settings, credentials: service.credentials, failureDelayMs: 0))
        #expect(lasting.handshake("PLAIN", version: 1) == .none)
        guard case .done(_, 0) = lasting.take(Self.plain("1", name: "a"), now: start) else {
            Issue.record("not done")
            return
        }
        #expect(lasting.handshake("PLAIN", version: 1) == .illegalSaslState)
    }
}

extension LoginTests {
    @Test("by a token is over when the token is, whatever the client does")
    func tokenEnds() throws {
        let issuer = try TokenIssuer()
        let directory = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(directory) }
        let file = "\(directory)/keys.json"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        try TokenIssuer.keySet([issuer.publicKey()]).write(to: URL(filePath: file))
        var settings = SaslSettings()
        settings.enabledMechanisms = [.oauthBearer]
        settings.oauthBearer.jwksEndpointURL = "file://\(file)"
        settings.oauthBearer.allowedURLs = ["file://\(file)"]
        let keys = KeySetSource(
            try settings.keySource(), on: MultiThreadedEventLoopGroup.singleton.next()
        ) { Issue.record("\($0)") }
        let tokens = TokenLogins(keys, TokenRules())
        try tokens.start().wait()
        defer { tokens.stop() }
        func service() throws -> LoginService {
            LoginService(
                settings, credentials: try ScramCredentials(directory: directory),
                failureDelayMs: 0, tokens: tokens)
        }
        let start = NIODeadline.now()
        func logIn(_ login: inout Authenticator, _ claims: [String: String]) throws -> Int64? {
            #expect(login.handshake("OAUTHBEARER", version: 1) == .none)
            let message = OAuthBearerMessage(token: try issuer.token(claims)).bytes
            guard case .done(_, let lifetimeMs) = login.take(message, now: start) else {
                return nil
            }
            return lifetimeMs
        }
        let end = Int(TokenClock.seconds) + 100
        var login = Authenticator(try service())
        let lifetimeMs = try #require(try logIn(&login, ["exp": "\(end)"]))
        #expect((1...100_000).contains(lifetimeMs))
        let over = start + .milliseconds(lifetimeMs)
        #expect(login.refusal(of: .metadata, now: over - .milliseconds(1)) == nil)
        #expect(login.refusal(of: .metadata, now: over) != nil)
        #expect(login.refusal(of: .saslHandshake, now: over) == nil)
        // The next token's time is the login's, and the user stays.
        let longer = try #require(try logIn(&login, ["exp": "\(end + 1_000)"]))
        #expect(login.refusal(of: .metadata, now: over) == nil)
        #expect(login.refusal(of: .metadata, now: start + .milliseconds(longer)) != nil)
        var other = login
        #expect(try logIn(&other, ["sub": "\"bob\""]) == nil)
        // The broker's own limit holds where it is shorter.
        settings.maxReauthMs = 5_000
        var limited = Authenticator(try service())
        #expect(try logIn(&limited, [:]) == 5_000)
    }
}

@Suite("Users of SCRAM")
struct ScramUserTests {
    private func upsertion(
        _ name: String, _ mechanism: Int8 = 1, iterations: Int32 = 4096, byteCount: Int = 32
    ) -> AlterUserScramCredentialsRequest.Upsertion {
        var upsertion = AlterUserScramCredentialsRequest.Upsertion()
        upsertion.name = name
        upsertion.mechanism = mechanism
        upsertion.iterations = iterations
        upsertion.salt = OpaqueBytes([1, 2, 3])
        upsertion.saltedPassword = OpaqueBytes([UInt8](repeating: 7, count: byteCount))
        return upsertion
    }

    private func codes(_ response: AlterUserScramCredentialsResponse) -> [String: ErrorCode] {
        Dictionary(uniqueKeysWithValues: response.results.map { ($0.user, $0.errorCode) })
    }

    @Test("are altered, described, and kept over a restart")
    func life() throws {
        let directory = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(directory) }
        let first = try TestBroker(directory: directory)
        var alter = AlterUserScramCredentialsRequest()
        alter.upsertions = [upsertion("a b"), upsertion("a b", 2, byteCount: 64), upsertion("ü")]
        #expect(codes(try first.client().ask(alter, version: 0)) == ["a b": .none, "ü": .none])
        var deletion = AlterUserScramCredentialsRequest()
        deletion.deletions = [.init()]
        deletion.deletions[0].name = "a b"
        deletion.deletions[0].mechanism = 1
        #expect(codes(try first.client().ask(deletion, version: 0)) == ["a b": .none])
        #expect(codes(try first.client().ask(deletion, version: 0)) == ["a b": .resourceNotFound])
        try first.stopForNext()
        let second = try TestBroker(directory: directory)
        second.keepsDirectory = true
        let all = try second.client().ask(DescribeUserScramCredentialsRequest(), version: 0)
        #expect(all.results.map(\.user) == ["a b", "ü"])
        #expect(all.results.map { $0.credentialInfos.map(\.mechanism) } == [[2], [1]])
        var asked = DescribeUserScramCredentialsRequest()
        asked.users = ["none", "ü", "ü"].map { name in
            var user = DescribeUserScramCredentialsRequest.UserName()
            user.name = name
            return user
        }
        let some = try second.client().ask(asked, version: 0)
        #expect(some.results.map(\.errorCode) == [.resourceNotFound, .duplicateResource])
    }

    @Test("are not altered by those of whom nobody knows who they are, where a listener asks")
    func strangers() throws {
        let broker = try TestBroker([
            "listeners": "PLAINTEXT://127.0.0.1:0,LOGIN://127.0.0.1:0",
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,LOGIN:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": "SCRAM-SHA-256",
        ])
        var alter = AlterUserScramCredentialsRequest()
        alter.upsertions = [upsertion("admin"), upsertion("admin", 2, byteCount: 64)]
        #expect(
            codes(try broker.client().ask(alter, version: 0)) == [
                "admin": .clusterAuthorizationFailed
            ])
        let all = try broker.client().ask(DescribeUserScramCredentialsRequest(), version: 0)
        #expect(all.results.isEmpty)
    }

    @Test("that cannot be are refused, and all of that user's changes with it")
    func refused() throws {
        let broker = try TestBroker()
        let client = try broker.client()
        var alter = AlterUserScramCredentialsRequest()
        alter.upsertions = [
            upsertion("few", iterations: 4095), upsertion("many", iterations: 16_385),
            upsertion("short", byteCount: 31), upsertion("other", 3), upsertion("", 1),
            upsertion("twice"), upsertion("twice"), upsertion("half", 1),
            upsertion("half", 2, byteCount: 1), upsertion("good"),
        ]
        #expect(
            codes(try client.ask(alter, version: 0)) == [
                "few": .unacceptableCredential, "many": .unacceptableCredential,
                "short": .unacceptableCredential, "other": .unsupportedSaslMechanism,
                "": .unacceptableCredential, "twice": .duplicateResource,
                "half": .unacceptableCredential, "good": .none,
            ])
        let all = try client.ask(DescribeUserScramCredentialsRequest(), version: 0)
        #expect(all.results.map(\.user) == ["good"])
    }
}
