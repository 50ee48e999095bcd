import Crypto
import Foundation
import SeededRandom
import TestCertificates
import Testing

@testable import Security

@Suite("Tokens")
struct TokenTests {
    private func check(
        _ token: String, by keys: JSONWebKeySet, _ rules: TokenRules = TokenRules()
    ) throws -> TokenRules.Checked {
        let token = try JSONWebToken(token)
        guard case .isValid = keys.verdict(on: token) else {
            throw SaslFailure("\(keys.verdict(on: token))")
        }
        return try rules.check(token.claims(), now: TokenClock.seconds)
    }

    private func keys(_ issuers: TokenIssuer...) throws -> JSONWebKeySet {
        try JSONWebKeySet(Array(TokenIssuer.keySet(issuers.map { try $0.publicKey() })))
    }

    private func failure(_ work: () throws -> Void) -> String {
        do {
            try work()
            return ""
        } catch {
            return "\(error)"
        }
    }

    @Test("are taken by every algorithm with a private key", arguments: SigningAlgorithm.allCases)
    func algorithms(algorithm: SigningAlgorithm) throws {
        let issuer = try TokenIssuer(algorithm.rawValue)
        let keys = try keys(issuer)
        let checked = try check(issuer.token(), by: keys)
        #expect(checked.user == "alice")
        #expect((3_500_000...3_600_000).contains(checked.lifetimeMs))

        // Each part changed by a bit is another token.
        var generator = SeededGenerator()
        let token = Array(try issuer.token().utf8)
        for _ in 0..<8 {
            var forged = token
            forged[.random(in: forged.indices, using: &generator)] ^=
                1 << UInt8.random(in: 0..<8, using: &generator)
            guard forged != token else { continue }
            #expect(throws: (any Error).self) {
                try check(String(decoding: forged, as: UTF8.self), by: keys)
            }
        }
    }

    @Test(
        "whose header asks for no signature, a shared secret, or what nobody knows are refused",
        arguments: [
            #"{"alg":"none","kid":"k1"}"#, #"{"alg":"None","kid":"k1"}"#,
            #"{"alg":"HS256","kid":"k1"}"#,
            #"{"alg":"HS512"}"#, #"{"kid":"k1"}"#, #"{"alg":null}"#, #"{"alg":["ES256"]}"#,
            #"{"alg":"es256"}"#, #"{"alg":"RSA-OAEP","enc":"A128GCM"}"#,
            #"{"alg":"ES256","kid":"k1","crit":["exp"]}"#,
            #"{"alg":"ES256","kid":"k1","b64":false}"#,
            #"{"alg":"ES256","kid":7}"#, "[]", "7", "", "{", #"{"alg":"ES256""#, "\u{0}",
        ])
    func headers(header: String) throws {
        let issuer = try TokenIssuer()
        let token = try issuer.token(header: header)
        #expect(throws: SaslFailure.self) { try JSONWebToken(token) }
    }

    @Test(
        "do not choose how a key is used: a public key is no shared secret, nor one of another kind"
    )
    func confusion() throws {
        let (curve, rsa) = (try TokenIssuer("ES256"), try TokenIssuer("RS256"))
        let both = try keys(curve, rsa)
        // Both keys are k1, so the algorithm decides, and each has its own.
        #expect(try check(curve.token(), by: both).user == "alice")
        #expect(try check(rsa.token(), by: both).user == "alice")
        let claimed = try curve.token(header: #"{"alg":"RS256","kid":"k1"}"#)
        #expect(failure { _ = try check(claimed, by: both) } == "isForged")
        // The name of RFC 9864 is one of the same.
        let edwards = try TokenIssuer("EdDSA")
        let renamed = try edwards.token(header: #"{"alg":"Ed25519","kid":"k1"}"#)
        let set = try JSONWebKeySet(
            Array(TokenIssuer.keySet([edwards.publicKey(["alg": "Ed25519"])])))
        #expect(try check(renamed, by: set).user == "alice")
        #expect(try check(edwards.token(), by: set).user == "alice")
        // An issuer that names one algorithm takes no other by this key.
        let only = try JSONWebKeySet(
            Array(TokenIssuer.keySet([rsa.publicKey(["alg": "RS512"])])))
        #expect(failure { _ = try check(rsa.token(), by: only) } == "isForged")
        // HMAC with the public key as the secret: what the set has is public.
        let text = try rsa.token(header: #"{"alg":"HS256","kid":"k1"}"#)
        let signed = text.split(separator: ".").prefix(2).joined(separator: ".")
        let secret = SymmetricKey(data: try TokenIssuer.keySet([rsa.publicKey()]))
        let mac = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: secret)
        #expect(throws: SaslFailure.self) {
            try JSONWebToken("\(signed).\(TokenIssuer.encode(Data(mac)))")
        }
    }

    @Test("of a key that is not there are told apart from forged ones")
    func unknownKeys() throws {
        let (known, other) = (try TokenIssuer(), try TokenIssuer(keyID: "k2"))
        let keys = try keys(known)
        #expect(failure { _ = try check(other.token(), by: keys) } == "unknownKey")
        let forged = try TokenIssuer()
        #expect(failure { _ = try check(forged.token(), by: keys) } == "isForged")
        // Without a name all keys are tried.
        let nameless = try known.token(header: #"{"alg":"ES256"}"#)
        #expect(try check(nameless, by: keys).user == "alice")
        let namelessByOther = try other.token(header: #"{"alg":"ES256"}"#)
        #expect(failure { _ = try check(namelessByOther, by: keys) } == "unknownKey")
    }

    @Test(
        "are refused for each claim that is wrong",
        arguments: [
            (["exp": "1"], "expired"), (["exp": ""], "no exp"),
            (["exp": "\"never\""], "exp is no time"),
            (["exp": "1e999"], "JSON"), (["exp": "-1"], "exp is no time"),
            (["exp": "null"], "exp is no time"),
            (["exp": "[4102444800]"], "exp is no time"), (["iat": ""], "no iat"),
            (["iat": "true"], "iat is no time"), (["nbf": "4102444800"], "does not hold yet"),
            (["nbf": "{}"], "nbf is no time"), (["iss": "\"https://other\""], "issuer"),
            (["iss": ""], "issuer"),
            (["iss": "[\"https://issuer\"]"], "issuer"), (["aud": ""], "whom it is for"),
            (["aud": "\"other\""], "another audience"), (["aud": "[]"], "another audience"),
            (["aud": "[\"kafka\",7]"], "aud is no text"),
            (["aud": "{\"kafka\":1}"], "aud is no text"),
            (["sub": ""], "no sub"), (["sub": "\"\""], "no sub"), (["sub": "\" \\n\""], "no sub"),
            (["sub": "\"a\\u0000b\""], "no name"), (["sub": "\"a\\nb\""], "no name"),
            (["sub": "\"\(String(repeating: "a", count: 256))\""], "no name"),
            (["sub": "7"], "no sub"), (["sub": "[\"alice\"]"], "no sub"),
            (["scope": "[\"a\",\"a\"]"], "scope"), (["scope": "[\"\"]"], "scope"),
            (["scope": "[7]"], "scope"),
        ] as [([String: String], String)])
    func claims(changed: [String: String], reason: String) throws {
        var rules = TokenRules()
        rules.audiences = ["kafka", "weir"]
        rules.issuer = "https://issuer"
        let issuer = try TokenIssuer()
        let keys = try keys(issuer)
        let right = [
            "iss": "\"https://issuer\"", "aud": "[\"x\",\"kafka\"]", "scope": "[\"a\",\"b\"]",
        ]
        #expect(try check(issuer.token(right), by: keys, rules).user == "alice")
        let wrong = try issuer.token(right.merging(changed) { $1 })
        #expect(failure { _ = try check(wrong, by: keys, rules) }.contains(reason))
    }

    @Test("that are for somebody are refused where nobody is expected, as in Kafka")
    func unexpectedAudience() throws {
        let issuer = try TokenIssuer()
        let keys = try keys(issuer)
        let token = try issuer.token(["aud": "\"kafka\""])
        #expect(failure { _ = try check(token, by: keys) }.contains("another audience"))
    }

    @Test("hold as long as the clocks may differ beyond their time, and a far time is no fault")
    func times() throws {
        let rules = TokenRules()
        func lifetime(_ exp: Double) throws -> Int64 {
            try rules.check(
                .object(["exp": .number(exp), "iat": .number(1), "sub": .string("a")]), now: 1_000
            ).lifetimeMs
        }
        #expect(try lifetime(1_010) == 10_000)
        #expect(try lifetime(990) == 20_000)
        #expect(throws: SaslFailure.self) { try lifetime(970) }
        #expect(try lifetime(1e300) > 0)
        #expect(throws: SaslFailure.self) { try lifetime(.infinity) }
    }

    @Test("name the user by the claim that the settings say")
    func otherClaims() throws {
        var rules = TokenRules()
        rules.subClaim = "preferred_username"
        rules.scopeClaim = "scp"
        let issuer = try TokenIssuer()
        let token = try issuer.token(["preferred_username": "\"bob\"", "scp": "[\"a\"]"])
        #expect(try check(token, by: keys(issuer), rules).user == "bob")
    }

    @Test(
        "that are none are refused",
        arguments: [
            "", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", "e30.e30.", "e30.e30.AA", "e30..AA",
            "e30=.e30.AA", " e30.e30.AA", "e30.e30.AA\n", "\u{FF}.\u{FF}.\u{FF}",
        ])
    func garbage(text: String) {
        #expect(throws: SaslFailure.self) { try JSONWebToken(text) }
    }

    @Test(
        "are read whatever bytes come: nesting without end is refused, and nothing ends the process"
    )
    func hostileBytes() throws {
        let deep = String(repeating: "[", count: 20_000)
        #expect(JSONValue(Array(deep.utf8)) == nil)
        var generator = SeededGenerator()
        let issuer = try TokenIssuer()
        let token = Array(try issuer.token().utf8)
        for _ in 0..<200 {
            var changed = token
            for _ in 0..<3 {
                changed[.random(in: changed.indices, using: &generator)] = .random(
                    in: 0...255, using: &generator)
            }
            _ = try? JSONWebToken(String(decoding: changed, as: UTF8.self))
            _ = try? JSONWebKeySet(changed)
        }
    }

    @Test("and keys have base64 without padding, and without bits that belong to no byte")
    func base64() {
        for count in 0..<20 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 251 &* $0 &+ 255) }
            let text = Base64URL.encode(bytes)
            #expect(text == TokenIssuer.encode(Data(bytes)))
            #expect(Base64URL.decode(text.utf8) == bytes)
        }
        for text in ["A", "AB", "AAF", "AA=", "A+", "A/AA", "AA A"] {
            #expect(Base64URL.decode(text.utf8) == nil, "\(text)")
        }
    }
}

@Suite("Keys of an issuer")
struct JSONWebKeySetTests {
    @Test(
        "leave out secrets, keys for something else, and those that are none",
        arguments: [
            ["kty": "oct", "k": "AAAA"], ["use": "enc"], ["alg": "HS256"], ["alg": "ES999"],
            ["kty": "RSA", "n": "AQAB", "e": "AQAB"], ["kty": "RSA"], ["crv": "secp256k1"],
            ["crv": "P-384"], ["x": ""], ["x": "AAAA"], ["y": "!"], ["kty": ""],
            ["kty": "OKP", "crv": "X25519"], ["kty": "OKP", "crv": "Ed25519", "x": "AA"],
        ] as [[String: String]])
    func leftOut(change: [String: String]) throws {
        let (issuer, other) = (try TokenIssuer(), try TokenIssuer(keyID: "k2"))
        let odd = try issuer.publicKey(change)
        let set = try JSONWebKeySet(
            Array(TokenIssuer.keySet([odd, other.publicKey()])))
        #expect(set.count == 1)
        #expect(throws: SaslFailure.self) {
            try JSONWebKeySet(Array(TokenIssuer.keySet([odd])))
        }
    }

    @Test(
        "that are no set are refused",
        arguments: [
            "", "{}", "[]", #"{"keys":{}}"#, #"{"keys":[]}"#, #"{"keys":[7]}"#, #"{"keys":"#,
        ])
    func garbage(text: String) {
        #expect(throws: SaslFailure.self) { try JSONWebKeySet(Array(text.utf8)) }
    }

    @Test("of which there are too many are refused")
    func tooMany() {
        let text = #"{"keys":[\#(String(repeating: "{},", count: 1_000)){}]}"#
        #expect(throws: SaslFailure.self) { try JSONWebKeySet(Array(text.utf8)) }
    }
}
