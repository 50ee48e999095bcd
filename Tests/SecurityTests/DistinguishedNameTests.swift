import Foundation
import NIOSSL
import SeededRandom
import TestCertificates
import Testing

@testable import Security

@Suite("The subject of a certificate")
struct DistinguishedNameTests {
    private static func name(_ authority: CertificateAuthority, _ subject: String) throws -> String?
    {
        let issued = try authority.issue("name", subject: subject)
        let certificate = try NIOSSLCertificate(
            bytes: Array(Data(contentsOf: URL(filePath: issued.certificate))), format: .pem)
        return DistinguishedName.ofSubject(inCertificate: try certificate.toDERBytes())
    }

    @Test("is written as Java does, the last part first")
    func subjects() throws {
        let authority = try CertificateAuthority()
        for (subject, expected) in [
            ("/CN=alice", "CN=alice"),
            (
                "/C=CH/ST=Bern/L=Thun/O=Weir/OU=Dev/CN=alice",
                "CN=alice,OU=Dev,O=Weir,L=Thun,ST=Bern,C=CH"
            ),
            ("/DC=com/UID=7/CN=Ünï", "CN=Ünï,UID=7,DC=com"),
            ("/CN=a/emailAddress=a@b.c", "1.2.840.113549.1.9.1=#16056140622e63,CN=a"),
        ] {
            #expect(try Self.name(authority, subject) == expected)
        }
    }

    @Test("has what could end a line or a part escaped")
    func escapes() {
        func name(_ text: String) -> String? {
            let bytes = Array(text.utf8)
            let value = [12, UInt8(bytes.count)] + bytes
            let pair = [0x06, 3, 0x55, 4, 3] + value
            let sequence = [0x30, UInt8(pair.count)] + pair
            return DistinguishedName.text(ofName: ([0x31, UInt8(sequence.count)] + sequence)[...])
        }
        #expect(name("a\nb") == "CN=a\\0ab")
        #expect(name("#a") == "CN=\\#a")
        #expect(name(" a ") == "CN=\\ a\\ ")
        #expect(name("a,b+c\"d\\e<f>g;h=i") == "CN=a\\,b\\+c\\\"d\\\\e\\<f\\>g\\;h=i")
        #expect(name("") == "CN=")
    }

    @Test("is nothing where the bytes are no certificate, wherever they are cut or flipped")
    func hostile() throws {
        let authority = try CertificateAuthority()
        let issued = try authority.issue("h", subject: "/O=Weir/CN=alice")
        let der = try NIOSSLCertificate(
            bytes: Array(Data(contentsOf: URL(filePath: issued.certificate))), format: .pem
        ).toDERBytes()
        for end in 0..<min(der.count, 250) {
            _ = DistinguishedName.ofSubject(inCertificate: Array(der[..<end]))
        }
        #expect(DistinguishedName.ofSubject(inCertificate: Array(der.dropLast())) == nil)
        var random = SeededGenerator(seed: 1)
        for _ in 0..<2000 {
            var bytes = der
            bytes[Int.random(in: 0..<min(bytes.count, 250), using: &random)] = .random(
                in: 0...255, using: &random)
            _ = DistinguishedName.ofSubject(inCertificate: bytes)
        }
    }
}
