import Foundation
import TestCertificates

@testable import Security

/// What is read before anybody is known.
let loginParsers: [Parser] = [
    Parser(name: "plain", seed: "alice\0alice\0secret") { bytes in
        guard let token = try? PlainToken(bytes) else { return }
        precondition(!token.isRight(among: [token.name + "x": token.password]))
        guard let again = try? PlainToken(token.bytes) else {
            preconditionFailure("what was read cannot be written")
        }
        precondition(again.name == token.name && again.password == token.password)
    },
    // A message a line; whoever has no password must never get in.
    Parser(name: "scram-server", seed: "n,a=alice,n=alice,r=c\nc=bixhPWFsaWNlLA==,r=cfuzz,p=YWJj") {
        bytes in
        var server = ScramServer(
            .sha256, nonce: "fuzz", decoy: { _ in ScramShape(salt: [1], iterations: 4096) },
            credential: { $0 == "alice" ? known : nil })
        for message in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let step = try? server.step(Array(message)) else { return }
            if case .done = step { preconditionFailure("somebody got in") }
        }
    },
    Parser(name: "scram-client", seed: "r=cs,s=c2FsdA==,i=4096\nv=YWJj") { bytes in
        var client = ScramClient(
            .sha256, name: "alice", password: "secret", nonce: "c", saltedPasswords: salted)
        let messages = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1)
        guard let first = messages.first, (try? client.answer(Array(first))) != nil else { return }
        guard (try? client.finish(Array(messages.dropFirst().first ?? []))) == nil else {
            preconditionFailure("a broker without the password was believed")
        }
    },
    Parser(
        name: "oauthbearer",
        seed: "n,a=alice,\u{1}auth=Bearer \(validToken)\u{1}key=value\u{1}\u{1}"
    ) { bytes in
        if let message = try? OAuthBearerMessage(bytes) {
            guard let again = try? OAuthBearerMessage(message.bytes) else {
                preconditionFailure("what was read cannot be written")
            }
            precondition(again.token == message.token && again.extensions == message.extensions)
        }
        var server = OAuthBearerServer { token throws(SaslFailure) in try checked(token) }
        guard let step = try? server.step(bytes), case .challenge = step else { return }
        guard (try? server.step([1])) == nil else {
            preconditionFailure("a refused token let somebody in")
        }
    },
    Parser(name: "token", seed: validToken) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        guard let checked = try? checked(text) else { return }
        precondition(!checked.user.isEmpty && checked.lifetimeMs > 0)
    },
    Parser(
        name: "claims",
        seed: #"{"exp":4102444800,"iat":1,"sub":"a","aud":["x"],"scope":["s","t"]}"#
    ) { bytes in
        guard let claims = JSONValue(bytes) else { return }
        var rules = TokenRules()
        rules.audiences = ["x"]
        guard let checked = try? rules.check(claims, now: 1_700_000_000) else { return }
        precondition(!checked.user.isEmpty && checked.lifetimeMs > 0)
    },
    Parser(name: "keys", seed: String(decoding: keySetText, as: UTF8.self)) { bytes in
        guard let set = try? JSONWebKeySet(bytes), let token = try? JSONWebToken(validToken) else {
            return
        }
        // Of keys that the input made up, or the issuer's own.
        _ = set.verdict(on: token)
    },
]

private let known = ScramCredential(
    .sha256,
    saltedPassword: ScramAlgorithm.sha256.saltedPassword("secret", salt: [7], iterations: 4096),
    salt: [7], iterations: 4096)

private let salted = SaltedPasswords()

private let issuer: TokenIssuer = {
    guard let issuer = try? TokenIssuer() else { preconditionFailure("no key can be made") }
    return issuer
}()

private let keySetText: [UInt8] = {
    guard let key = try? issuer.publicKey(), let text = try? TokenIssuer.keySet([key]) else {
        preconditionFailure("no key can be written")
    }
    return Array(text)
}()

private let validToken: String = {
    guard let token = try? issuer.token() else { preconditionFailure("no token can be signed") }
    return token
}()

private let keySet: JSONWebKeySet = {
    guard let set = try? JSONWebKeySet(keySetText) else {
        preconditionFailure("the keys cannot be read")
    }
    return set
}()

/// As a listener with this issuer takes a token.
private func checked(_ text: String) throws(SaslFailure) -> TokenRules.Checked {
    let token = try JSONWebToken(text)
    let verdict = keySet.verdict(on: token)
    guard case .isValid = verdict else { throw SaslFailure("the signature is not the issuer's") }
    return try TokenRules().check(token.claims(), now: 1_700_000_000)
}
