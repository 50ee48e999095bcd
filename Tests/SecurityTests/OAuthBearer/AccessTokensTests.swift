import Foundation
import NIOCore
import NIOPosix
import Synchronization
import TestCertificates
import Testing

@testable import Security

@Suite("Tokens of a client")
struct AccessTokensTests {
    private static let loop = MultiThreadedEventLoopGroup.singleton.next()

    private func settings(_ url: String) -> OAuthBearerSettings {
        var settings = OAuthBearerSettings()
        settings.tokenEndpointURL = url
        settings.allowedURLs = [url]
        settings.clientID = "me"
        settings.clientSecret = Secret("pa:ss")
        return settings
    }

    private func tokens(_ settings: OAuthBearerSettings, jaas: String = "") -> AccessTokens {
        AccessTokens(TokenSource(settings, jaas: Secret(jaas)))
    }

    private func fault(_ tokens: AccessTokens) async -> TokenFault? {
        do {
            _ = try await tokens.token(on: Self.loop).get()
            return nil
        } catch {
            return error as? TokenFault
        }
    }

    @Test("come from the issuer for the client's id and secret, and are kept while they hold")
    func clientCredentials() async throws {
        let token = try TokenIssuer().token()
        let server = try await ScriptedServer { _ in
            (200, #"{"access_token":"\#(token)","token_type":"Bearer"}"#)
        }
        var settings = settings(server.url("/token?x=1"))
        settings.scope = "read & write"
        let tokens = tokens(settings)
        #expect(try await tokens.token(on: Self.loop).get().text == token)
        #expect(try await tokens.token(on: Self.loop).get().text == token)
        let request = try #require(server.received.first)
        #expect(server.received.count == 1)
        #expect((request.method, request.target) == ("POST", "/token?x=1"))
        #expect(request.headers["authorization"] == "Basic bWU6cGE6c3M=")
        #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
        #expect(request.headers["host"] == "127.0.0.1:\(server.port)")
        #expect(request.body == "grant_type=client_credentials&scope=read+%26+write")
        try await server.stop()
    }

    @Test("are asked for anew before they end, and each time where nobody says when")
    func refresh() async throws {
        let count = Mutex(0)
        let server = try await ScriptedServer { request in
            let number = count.withLock {
                $0 += 1
                return $0
            }
            let expiry = request.target == "/short" ? #","expires_in":0.05"# : ""
            return (200, #"{"access_token":"t\#(number)"\#(expiry)}"#)
        }
        let opaque = tokens(settings(server.url("/")))
        #expect(try await opaque.token(on: Self.loop).get().text == "t1")
        #expect(try await opaque.token(on: Self.loop).get().text == "t2")
        let short = tokens(settings(server.url("/short")))
        #expect(try await short.token(on: Self.loop).get().text == "t3")
        let deadline = ContinuousClock.now + .seconds(10)
        while try await short.token(on: Self.loop).get().text == "t3" {
            #expect(ContinuousClock.now < deadline)
            await Task.yield()
        }
        try await server.stop()
    }

    @Test(
        "that the issuer does not give are told with its code, and without the secret",
        arguments: [
            (401, #"{"error":"invalid_client"}"#, true), (400, "", true), (429, "", false),
            (503, "x", false), (302, "", false), (200, "", true), (200, "{}", true),
            (200, #"{"access_token":7}"#, true), (200, #"{"access_token":"a b"}"#, true),
            (200, #"{"access_token":"a\u0001auth=Bearer b"}"#, true),
        ])
    func refusals(status: Int, body: String, isLasting: Bool) async throws {
        let server = try await ScriptedServer { _ in (status, body) }
        let fault = try #require(await fault(tokens(settings(server.url("/")))))
        if case .lasting = fault { #expect(isLasting) } else { #expect(!isLasting) }
        #expect(!"\(fault)".contains("pa:ss"))
        #expect(status != 401 || "\(fault)".contains("invalid_client"))
        try await server.stop()
    }

    @Test("of an issuer that is not there, or hangs up, may come with another attempt")
    func unreachable() async throws {
        let server = try await ScriptedServer { _ in nil }
        let silent = try #require(await fault(tokens(settings(server.url("/")))))
        guard case .passing = silent else { throw silent }
        let url = server.url("/")
        try await server.stop()
        let gone = try #require(await fault(tokens(settings(url))))
        guard case .passing = gone else { throw gone }
    }

    @Test("come from a file, from a command, and from the options of the login module")
    func otherSources() async throws {
        let file = FileManager.default.temporaryDirectory
            .appending(component: "weir-token-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try " a.b.c\n".write(to: file, atomically: false, encoding: .utf8)
        let fromFile = tokens(settings("file://\(file.path)"))
        #expect(try await fromFile.token(on: Self.loop).get().text == "a.b.c")
        try "d.e.f".write(to: file, atomically: false, encoding: .utf8)
        #expect(try await fromFile.token(on: Self.loop).get().text == "d.e.f")
        try "two words".write(to: file, atomically: false, encoding: .utf8)
        #expect(await fault(fromFile) != nil)

        var command = OAuthBearerSettings()
        command.tokenCommand = "printf 'x.%s.z\\n' y"
        #expect(try await tokens(command).token(on: Self.loop).get().text == "x.y.z")
        command.tokenCommand = "exit 3"
        guard case .passing(let text)? = await fault(tokens(command)) else {
            Issue.record("a command that fails gave a token")
            return
        }
        #expect(text.contains("status 3"))

        let server = try await ScriptedServer { _ in (200, #"{"access_token":"t"}"#) }
        var empty = settings(server.url("/"))
        (empty.clientID, empty.clientSecret) = ("", Secret())
        let module = #"M required clientId="you" clientSecret="s" scope="all";"#
        #expect(try await tokens(empty, jaas: module).token(on: Self.loop).get().text == "t")
        #expect(server.received.first?.headers["authorization"] == "Basic eW91OnM=")
        #expect(server.received.first?.body.contains("scope=all") == true)
        try await server.stop()
    }

    @Test("are asked for over TLS of whoever is trusted, and of nobody else")
    func encrypted() async throws {
        let authority = try CertificateAuthority()
        let server = try await ScriptedServer(keyStore: authority.issue("issuer").keyStore) { _ in
            (200, #"{"access_token":"t"}"#)
        }
        let settings = settings(server.url("/"))
        let module = #"M required ssl.truststore.location="\#(authority.certificate)";"#
        #expect(try await tokens(settings, jaas: module).token(on: Self.loop).get().text == "t")
        guard case .passing(let text)? = await fault(tokens(settings)) else {
            Issue.record("an issuer that nobody trusts was asked")
            return
        }
        #expect(text.contains("https://127.0.0.1"), "\(text)")
        #expect(server.received.count == 1)
        try await server.stop()
    }

    @Test("are asked for once for all who ask, and fail for good only before there was one")
    func once() async throws {
        let answers = Mutex([(200, #"{"access_token":"t","expires_in":0.5}"#)])
        let server = try await ScriptedServer { _ in
            answers.withLock { $0.isEmpty ? (403, "") : $0.removeFirst() }
        }
        let tokens = tokens(settings(server.url("/")))
        let loops = (0..<8).map { _ in MultiThreadedEventLoopGroup.singleton.next() }
        for future in loops.map({ tokens.token(on: $0) }) {
            #expect(try await future.get().text == "t")
        }
        #expect(server.received.count == 1)
        let deadline = ContinuousClock.now + .seconds(10)
        var refusal = await fault(tokens)
        while refusal == nil, ContinuousClock.now < deadline {
            await Task.yield()
            refusal = await fault(tokens)
        }
        guard case .passing(let text)? = refusal else {
            Issue.record("an issuer that says no once ends everything")
            return
        }
        #expect(text.contains("403"))
        try await server.stop()
    }

    @Test("are not asked for at a place that nobody allowed")
    func allowedURLs() async throws {
        var settings = settings("http://127.0.0.1:1/")
        settings.allowedURLs = ["http://127.0.0.1:1"]
        let fault = try #require(await fault(tokens(settings)))
        #expect("\(fault)".contains(OAuthBearerSettings.allowedURLsName))
        #expect(
            "\(try #require(await self.fault(tokens(OAuthBearerSettings()))))".contains("set sasl"))
    }
}

@Suite("Keys that an issuer changes")
struct KeySetSourceTests {
    private static let loop = MultiThreadedEventLoopGroup.singleton.next()

    @Test(
        "are waited for longer with each failure, never beyond the longest wait, and never not at all"
    )
    func backoff() throws {
        let url = try #require(DocumentURL("http://a/"))
        func waits(_ first: Int64, _ longest: Int64) -> [Int64] {
            let settings = KeySetSource.Settings(
                url: url, refreshMs: 1, retryBackoffMs: first, retryBackoffMaxMs: longest)
            return [1, 2, 3, 64, 1_000].map { settings.waitMs(afterFailures: $0) }
        }
        #expect(waits(100, 10_000) == [100, 200, 400, 10_000, 10_000])
        #expect(waits(100, 50) == [50, 50, 50, 50, 50])
        #expect(waits(1, .max) == [1, 2, 4, .max, .max])
        #expect(waits(1 << 33, .max - 1).suffix(2).allSatisfy { $0 == .max - 1 })
    }

    @Test("are read again for a token with a new key, and not more often than they may")
    func rotation() async throws {
        let (old, new) = (try TokenIssuer(), try TokenIssuer(keyID: "k2"))
        let (first, second) = (
            String(decoding: try TokenIssuer.keySet([old.publicKey()]), as: UTF8.self),
            String(decoding: try TokenIssuer.keySet([new.publicKey()]), as: UTF8.self)
        )
        let isNew = Mutex(false)
        let server = try await ScriptedServer { _ in
            (200, isNew.withLock { $0 } ? second : first)
        }
        let url = try #require(DocumentURL(server.url("/jwks")))
        var settings = KeySetSource.Settings(
            url: url, refreshMs: 3_600_000, retryBackoffMs: 10, retryBackoffMaxMs: 10)
        settings.unknownKeyIntervalMs = 0
        let keys = KeySetSource(settings, on: Self.loop) { _ in }
        #expect(throws: SaslFailure.self) { try keys.check(JSONWebToken(old.token())) }
        try await keys.start().get()
        try keys.check(JSONWebToken(old.token()))
        isNew.withLock { $0 = true }
        let deadline = ContinuousClock.now + .seconds(10)
        while (try? keys.check(JSONWebToken(new.token()))) == nil {
            #expect(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(1))
        }
        keys.stop()

        settings.unknownKeyIntervalMs = 3_600_000
        let slow = KeySetSource(settings, on: Self.loop) { _ in }
        try await slow.start().get()
        let count = server.received.count
        for _ in 0..<100 { try? slow.check(JSONWebToken(old.token())) }
        #expect(server.received.count == count)
        slow.stop()
        try await server.stop()
    }

    @Test("that cannot be read are complained of, and read once they can")
    func failures() async throws {
        let issuer = try TokenIssuer()
        let set = String(decoding: try TokenIssuer.keySet([issuer.publicKey()]), as: UTF8.self)
        let answers = Mutex([(500, ""), (200, "{}"), (302, "")])
        let server = try await ScriptedServer { _ in
            answers.withLock { $0.isEmpty ? (200, set) : $0.removeFirst() }
        }
        let complaints = Mutex<[String]>([])
        let url = try #require(DocumentURL(server.url("/jwks")))
        let keys = KeySetSource(
            KeySetSource.Settings(
                url: url, refreshMs: 3_600_000, retryBackoffMs: 1, retryBackoffMaxMs: 2),
            on: Self.loop
        ) { text in complaints.withLock { $0.append(text) } }
        try await keys.start().get()
        let deadline = ContinuousClock.now + .seconds(10)
        while (try? keys.check(JSONWebToken(issuer.token()))) == nil {
            #expect(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(complaints.withLock { $0.count } == 3)
        #expect(complaints.withLock { $0[0].contains("status 500") })
        keys.stop()
        try await server.stop()
    }
}
