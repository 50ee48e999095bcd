import Testing

@testable import Security

@Suite("Messages of OAUTHBEARER")
struct OAuthBearerMessageTests {
    @Test("are those of RFC 7628")
    func message() throws {
        var message = OAuthBearerMessage(token: "a.b.c")
        #expect(message.bytes == Array("n,,\u{1}auth=Bearer a.b.c\u{1}\u{1}".utf8))
        #expect(try OAuthBearerMessage(message.bytes) == message)
        message.extensions = ["logicalCluster": "lkc 1", "x": "y=z"]
        #expect(try OAuthBearerMessage(message.bytes) == message)
        let named = try OAuthBearerMessage(
            Array("n,a=al=2Cice=3D,\u{1}x=y\u{1}auth=bearer t\u{1}\u{1}".utf8))
        #expect(named.authorizationID == "al,ice=")
        #expect(named.token == "t")
    }

    @Test(
        "that are none are refused",
        arguments: [
            "", "n,,", "n,,\u{1}\u{1}", "n,,\u{1}auth=Bearer t\u{1}", "n,,\u{1}auth=Bearer t",
            "y,,\u{1}auth=Bearer t\u{1}\u{1}", "p=x,,\u{1}auth=Bearer t\u{1}\u{1}",
            "n,a=,\u{1}auth=Bearer t\u{1}\u{1}", "n,b=c,\u{1}auth=Bearer t\u{1}\u{1}",
            "n,a=x=4D,\u{1}auth=Bearer t\u{1}\u{1}", "n,,x\u{1}auth=Bearer t\u{1}\u{1}",
            "n,,\u{1}auth=Basic t\u{1}\u{1}", "n,,\u{1}auth=Bearer\u{1}\u{1}",
            "n,,\u{1}auth=Bearer t u\u{1}\u{1}", "n,,\u{1}auth=\u{1}\u{1}", "n,,\u{1}x=y\u{1}\u{1}",
            "n,,\u{1}auth=Bearer t\u{1}auth=Bearer u\u{1}\u{1}",
            "n,,\u{1}=y\u{1}auth=Bearer t\u{1}\u{1}",
            "n,,\u{1}x=y\u{1}x=z\u{1}auth=Bearer t\u{1}\u{1}",
            "n,,\u{1}x1=y\u{1}auth=Bearer t\u{1}\u{1}",
            "n,,\u{1}auth=Bearer \u{FC}\u{1}\u{1}", "n,,\u{1}auth=Bearer t\u{0}\u{1}\u{1}",
        ])
    func garbage(text: String) {
        #expect(throws: SaslFailure.self) { try OAuthBearerMessage(Array(text.utf8)) }
    }

    @Test("of a client go on until the broker is content, or has said why it is not")
    func client() throws {
        var client = SaslClient(accessToken: Secret("t"))
        #expect(try client.step(nil) == .send(Array("n,,\u{1}auth=Bearer t\u{1}\u{1}".utf8)))
        var refused = client
        #expect(try client.step([]) == .done)
        #expect(try refused.step(Array("{}".utf8)) == .send([1]))
        #expect(throws: SaslFailure.self) { try refused.step([]) }
    }

    @Test("of a server tell a refusal once, and then end the login with its reason")
    func server() throws {
        let message = OAuthBearerMessage(token: "t").bytes
        let checked = TokenRules.Checked(user: "alice", lifetimeMs: 5)
        var content = OAuthBearerServer { _ in checked }
        #expect(try content.step(message) == .done(checked))
        #expect(throws: SaslFailure.self) { try content.step(message) }

        let reason = SaslFailure("The token has expired")
        var other = OAuthBearerServer { _ throws(SaslFailure) in throw reason }
        guard case .challenge(let told) = try other.step(message) else {
            Issue.record("no challenge")
            return
        }
        #expect(JSONValue(told)?["status"] == .string("invalid_token"))
        #expect(throws: reason) { try other.step([1]) }

        let pretender = Array("n,a=bob,\u{1}auth=Bearer t\u{1}\u{1}".utf8)
        var strict = OAuthBearerServer { _ in checked }
        guard case .challenge = try strict.step(pretender) else {
            Issue.record("whoever has alice's token is bob")
            return
        }
    }
}

@Suite("URLs of documents")
struct DocumentURLTests {
    @Test("are of a file or of a server")
    func places() {
        #expect(DocumentURL("file:///etc/keys.json")?.place == .file(path: "/etc/keys.json"))
        #expect(DocumentURL("file:/etc/keys.json")?.place == .file(path: "/etc/keys.json"))
        #expect(
            DocumentURL("https://a.example/x/y?z=1")?.place
                == .http(host: "a.example", port: 443, target: "/x/y?z=1", isEncrypted: true))
        #expect(
            DocumentURL("HTTP://a.example:81")?.place
                == .http(host: "a.example", port: 81, target: "/", isEncrypted: false))
        #expect(
            DocumentURL("http://[::1]:81?x")?.place
                == .http(host: "::1", port: 81, target: "/?x", isEncrypted: false))
    }

    @Test(
        "that are something else, or hide a user, are refused",
        arguments: [
            "", "a", "ftp://a/", "file://host/x", "file:x", "file:///", "file:///%2e", "http:/a",
            "http://",
            "http://:80/", "http://a:0/", "http://a:65536/", "http://a:b/", "http://u:p@a/",
            "http://a/#x",
            "http://a b/", "http://a/\r\nHost: b", "http://[::1/", "http://[::1]x/", "http://-a/",
            "http://a\\@b/",
        ])
    func others(text: String) { #expect(DocumentURL(text) == nil, "\(text)") }
}
