import SeededRandom
import Testing

@testable import Security

@Suite("Logins by SCRAM")
struct ScramTests {
    private static func server(
        _ algorithm: ScramAlgorithm = .sha256, salt: [UInt8], password: String = "pencil",
        nonce: String = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    ) -> ScramServer {
        let credential = ScramCredential(
            algorithm,
            saltedPassword: algorithm.saltedPassword(password, salt: salt, iterations: 4096),
            salt: salt, iterations: 4096)
        return ScramServer(
            algorithm, nonce: nonce, decoy: { ScramShape(salt: Array($0.utf8), iterations: 4096) },
            credential: { $0 == "user" || $0 == "a,b=c" ? credential : nil })
    }

    @Test("exchange the messages of RFC 7677")
    func vector() throws {
        let salt = try #require(Base64.decode("W22ZaJ0SNY7soEsUEjb6gQ=="))
        var server = Self.server(salt: salt)
        var client = ScramClient(
            .sha256, name: "user", password: "pencil", nonce: "rOprNGfwEbeRWgbNEkqO")
        #expect(
            String(decoding: client.firstToken, as: UTF8.self) == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
        )
        guard case .challenge(let challenge) = try server.step(client.firstToken) else {
            Issue.record("no challenge")
            return
        }
        #expect(
            String(decoding: challenge, as: UTF8.self)
                == "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        )
        let final = try client.answer(challenge)
        #expect(
            String(decoding: final, as: UTF8.self)
                == "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        guard case .done(let signature, let user) = try server.step(final) else {
            Issue.record("not done")
            return
        }
        #expect(user == "user")
        #expect(
            String(decoding: signature, as: UTF8.self)
                == "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        try client.finish(signature)
    }

    @Test(
        "succeed with the right password alone, of a user that there is",
        arguments: [
            ("user", "pencil", true), ("user", "Pencil", false), ("user", "", false),
            ("nobody", "pencil", false), ("a,b=c", "pencil", true),
        ])
    func passwords(name: String, password: String, isRight: Bool) throws {
        var server = Self.server(.sha512, salt: [1, 2, 3])
        var client = ScramClient(.sha512, name: name, password: password, nonce: "n")
        guard case .challenge(let challenge) = try server.step(client.firstToken) else { return }
        let final = try client.answer(challenge)
        if isRight {
            guard case .done(let signature, name) = try server.step(final) else {
                Issue.record("not done")
                return
            }
            try client.finish(signature)
            var flipped = signature
            flipped[5] ^= 1
            #expect(throws: SaslFailure.self) { try client.finish(flipped) }
        } else {
            #expect(throws: SaslFailure.invalidCredentials) { try server.step(final) }
        }
    }

    @Test("tell nobody whether there is a user")
    func decoy() throws {
        for _ in 0..<2 {
            var server = Self.server(salt: [1])
            guard case .challenge(let challenge) = try server.step(Array("n,,n=nobody,r=x".utf8))
            else { return }
            #expect(String(decoding: challenge, as: UTF8.self).hasSuffix("s=bm9ib2R5,i=4096"))
        }
    }

    @Test(
        "end at a first message that is none",
        arguments: [
            "", "n", "n,,", "n,,n=user", "n,,r=x,n=user", "p=tls-unique,,n=user,r=x", "n,,n=,r=x",
            "n,,n=us=er,r=x", "n,,n=us=2cer,r=x", "n,,n=user,r=", "n,,n=user,r=a b",
            "n,,m=x,n=user,r=x",
            "n,a=other,n=user,r=x", "n,,n=user,,r=x", "n,,n=user,r=\u{FC}", "\u{0}n,,n=user,r=x",
            "n,,n=user,r=x" + String(repeating: ",x=y", count: 20),
            "n,,n=user,r=" + String(repeating: "x", count: 9000),
        ])
    func hostileFirst(text: String) {
        var server = Self.server(salt: [1])
        #expect(throws: SaslFailure.self) { try server.step(Array(text.utf8)) }
        #expect(throws: SaslFailure.self, "it is over") {
            try server.step(Array("n,,n=user,r=x".utf8))
        }
    }

    @Test(
        "end at a final message that is none",
        arguments: [
            "", "c=biws", "c=biws,r=xN", "c=biws,r=xN,p=", "c=biws,r=xN,p=!", "c=biws,r=xN,p=AAAA",
            "c=xxxx,r=xN,p=AAAA", "c=biws,r=other,p=AAAA", "r=xN,c=biws,p=AAAA",
            "c=biws,r=xN,p=AAAA,q=1",
        ])
    func hostileFinal(text: String) throws {
        var server = Self.server(salt: [1], nonce: "N")
        _ = try server.step(Array("n,,n=user,r=x".utf8))
        #expect(throws: SaslFailure.self) { try server.step(Array(text.utf8)) }
    }

    @Test(
        "take a final message only with the header of the first",
        arguments: [
            ("n,,", "n,,", true), ("y,,", "y,,", true), ("n,a=user,", "n,a=user,", true),
            ("n,,", "y,,", false), ("n,a=user,", "n,,", false),
        ])
    func header(first: String, final: String, isTaken: Bool) throws {
        var server = Self.server(salt: [1], nonce: "N")
        guard case .challenge(let challenge) = try server.step(Array("\(first)n=user,r=x".utf8))
        else { return }
        let salted = ScramAlgorithm.sha256.saltedPassword("pencil", salt: [1], iterations: 4096)
        let key = ScramAlgorithm.sha256.hmac(key: salted, Array("Client Key".utf8))
        let withoutProof = "c=\(Base64.encode(Array(final.utf8))),r=xN"
        let signed = "n=user,r=x,\(String(decoding: challenge, as: UTF8.self)),\(withoutProof)"
        let signature = ScramAlgorithm.sha256.hmac(
            key: ScramAlgorithm.sha256.hash(key), Array(signed.utf8))
        let proof = Base64.encode(zip(key, signature).map { $0 ^ $1 })
        let token = Array("\(withoutProof),p=\(proof)".utf8)
        guard isTaken else {
            #expect(throws: SaslFailure.self) { try server.step(token) }
            return
        }
        guard case .done(_, "user") = try server.step(token) else {
            Issue.record("not done")
            return
        }
    }

    @Test(
        "do not follow a broker that is none",
        arguments: [
            "", "r=x,s=AAAA,i=4096", "r=other,s=AAAA,i=4096", "r=xN,s=,i=4096", "r=xN,s=A,i=4096",
            "r=xN,s=AAAA,i=1", "r=xN,s=AAAA,i=2000000000", "r=xN,s=AAAA,i=100001",
            "r=xN,s=AAAA,i=-1",
            "r=xN,s=AAAA,i=99999999999",
            "e=other-error", "m=x,r=xN,s=AAAA,i=4096",
        ])
    func hostileBroker(text: String) {
        var client = ScramClient(.sha256, name: "user", password: "p", nonce: "x")
        #expect(throws: SaslFailure.self) { try client.answer(Array(text.utf8)) }
        #expect(throws: SaslFailure.self) { try client.finish(Array("v=AAAA".utf8)) }
        #expect(throws: SaslFailure.self) { try client.finish(Array("e=no".utf8)) }
    }

    @Test("survive random bytes")
    func random() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            var server = Self.decoyServer
            var token = Array("n,,n=user,r=x".utf8)
            for _ in 0..<3 {
                token[Int.random(in: 0..<token.count, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            _ = try? server.step(token)
            _ = try? server.step(token)
        }
    }

    private static var decoyServer: ScramServer {
        ScramServer(
            .sha256, nonce: "N", decoy: { _ in ScramShape(salt: [1], iterations: 4096) },
            credential: { _ in nil })
    }

    @Test("write base64 that everybody reads")
    func base64() {
        for (text, encoded) in [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
        ] {
            #expect(Base64.encode(Array(text.utf8)) == encoded)
            #expect(Base64.decode(encoded) == Array(text.utf8))
        }
        for wrong in ["Z", "Zg", "Zg=", "Z===", "Zg==Zg==", "Zm 9", "\u{FC}AAA"] {
            #expect(Base64.decode(wrong) == nil, "\(wrong)")
        }
    }
}

@Suite("Logins by PLAIN, and login modules")
struct PlainTests {
    @Test("are read as RFC 4616 has them")
    func token() throws {
        let token = try PlainToken(Array("alice\u{0}alice\u{0}s\u{FC}".utf8))
        #expect(token.name == "alice" && token.password == "s\u{FC}")
        #expect(token.isRight(among: ["alice": "s\u{FC}"]))
        #expect(!token.isRight(among: ["alice": "su"]) && !token.isRight(among: [:]))
        #expect(try PlainToken(token.bytes).password == token.password)
    }

    @Test(
        "that are none are refused",
        arguments: [
            "", "a", "a\u{0}b", "\u{0}\u{0}", "\u{0}a\u{0}", "\u{0}\u{0}b", "x\u{0}a\u{0}b",
            "\u{0}a\u{0}b\u{0}", "\u{0}\u{0}a\u{0}b",
        ])
    func refused(text: String) {
        #expect(throws: SaslFailure.self) { try PlainToken(Array(text.utf8)) }
    }

    @Test("are in UTF-8")
    func encoding() {
        #expect(throws: SaslFailure.self) { try PlainToken([0, 97, 0, 0xFF]) }
        #expect(throws: SaslFailure.self) { try PlainToken([0, 0xC0, 0x80, 0, 97]) }
    }

    @Test("come from a module's options as Java writes them")
    func jaas() throws {
        let config = try #require(
            JaasConfig(
                #"org.apache.kafka.common.security.plain.PlainLoginModule required username="a\"b" password='c;=' user_x="1" serviceName=kafka ;"#
            ))
        #expect(config.module == "PlainLoginModule")
        #expect(config.options["username"] == "a\"b" && config.options["password"] == "c;=")
        #expect(config.users == ["x": "1"])
        #expect(config.options["serviceName"] == "kafka")
    }

    @Test(
        "that have no end, or no sense, are refused",
        arguments: [
            "", "a", "a required", "a wanted;", "a required username;", "a required username=\"x;",
            "a required username==\"x\";", "a required x=1 x=2;", "a required; b required;", "; ;",
            "a required x=;",
        ])
    func refusedModules(text: String) {
        #expect(JaasConfig(text) == nil)
    }
}
