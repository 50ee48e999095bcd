import Foundation
import NIOCore
import Synchronization
import TestCertificates
import Testing

@testable import Security

@Suite("Key stores and trust stores")
struct StoreTests {
    private static func settings(_ body: (inout SSLSettings) -> Void) -> SSLSettings {
        var settings = SSLSettings()
        body(&settings)
        return settings
    }

    private static func fault(_ settings: SSLSettings, _ side: SSLCredentials.Side = .listener)
        -> String
    {
        do throws(StoreError) {
            _ = try SSLCredentials(settings, side: side)
            return ""
        } catch {
            return error.description
        }
    }

    @Test("are read from a file of PEM, from an encrypted key, and from the settings")
    func read() throws {
        let authority = try CertificateAuthority()
        let issued = try authority.issue("a", subject: "/O=Weir/CN=localhost")
        let encrypted = try authority.encrypted(issued, password: "pa ss")
        let key = try String(contentsOfFile: issued.key, encoding: .utf8)
        let chain = try String(contentsOfFile: issued.certificate, encoding: .utf8)
        for settings in [
            Self.settings { $0.keystoreLocation = issued.keyStore },
            Self.settings {
                $0.keystoreLocation = encrypted
                $0.keyPassword = Secret("pa ss")
            },
            Self.settings {
                $0.keystoreLocation = encrypted
                $0.keystorePassword = Secret("pa ss")
            },
            Self.settings {
                $0.keystoreKey = Secret(key)
                $0.certificateChain = Secret(chain)
                $0.truststoreLocation = authority.certificate
                $0.clientAuth = .required
            },
        ] {
            let credentials = try SSLCredentials(settings, side: .listener)
            #expect(credentials.certificate?.subject == "CN=localhost,O=Weir")
        }
    }

    @Test("that cannot be used are refused with the setting and the remedy")
    func refused() throws {
        let authority = try CertificateAuthority()
        let issued = try authority.issue("a")
        let other = try authority.issue("b")
        let p12 = try authority.pkcs12(issued, password: "right")
        let encrypted = try authority.encrypted(issued, password: "right")
        let jks = "\(authority.directory)/store.jks"
        try Data([0xFE, 0xED, 0xFE, 0xED, 0, 0, 0, 2, 0, 0, 0, 0]).write(to: URL(filePath: jks))
        let at = { (path: String) in Self.settings { $0.keystoreLocation = path } }
        let missing = at("\(authority.directory)/none.pem")
        #expect(
            Self.fault(SSLSettings()).hasPrefix("ssl.keystore.location: a listener with TLS needs"))
        #expect(Self.fault(missing).contains("cannot be opened: No such file"))
        #expect(Self.fault(at(authority.directory)).hasSuffix("is no file"))
        #expect(
            Self.fault(at(jks)).hasSuffix(
                "keytool -importkeystore -srckeystore \(jks) -destkeystore "
                    + "\(authority.directory)/store.p12 -deststoretype PKCS12 && openssl pkcs12 -in "
                    + "\(authority.directory)/store.p12 -out \(authority.directory)/store.pem -nodes"
            ))
        #expect(Self.fault(at(encrypted)).hasSuffix("set ssl.key.password"))
        #expect(Self.fault(at(issued.certificate)).contains("no private key in PEM"))
        #expect(Self.fault(at(issued.key)).contains("no certificate in PEM"))
        var wrong = at(encrypted)
        wrong.keyPassword = Secret("wrong")
        #expect(Self.fault(wrong).contains("ssl.key.password is wrong"))
        wrong.keyPassword = Secret("ä")
        #expect(Self.fault(wrong).contains("other letters than those of ASCII"))
        let mixed = Self.settings {
            $0.keystoreKey = Secret((try? String(contentsOfFile: other.key, encoding: .utf8)) ?? "")
            $0.certificateChain = Secret(
                (try? String(contentsOfFile: issued.certificate, encoding: .utf8)) ?? "")
        }
        #expect(Self.fault(mixed).contains("the private key is not that of the first certificate"))
        #expect(
            Self.fault(Self.settings { $0.keystoreKey = Secret("x") }).contains(
                "ssl.keystore.certificate.chain"))
        let truststore = Self.settings { $0.truststoreLocation = p12 }
        #expect(Self.fault(truststore, .client).contains("keytool -list -rfc -keystore \(p12) > "))
    }

    @Test("that are not PEM are refused with the command that converts them, which works")
    func converted() throws {
        let authority = try CertificateAuthority()
        let issued = try authority.issue("a", subject: "/CN=a")
        let p12 = try authority.pkcs12(issued, password: "p")
        var settings = Self.settings { $0.keystoreLocation = p12 }
        settings.keystorePassword = Secret("p")
        let fault = Self.fault(settings)
        let command = try #require(fault.firstRange(of: "openssl pkcs12 "))
        let arguments = fault[command.lowerBound...].split(separator: " ").map(String.init)
        try CertificateAuthority.openssl(arguments.dropFirst() + ["-passin", "pass:p"])
        let pem = try #require(arguments.last { $0.hasSuffix(".pem") })
        let credentials = try SSLCredentials(
            Self.settings { $0.keystoreLocation = pem }, side: .listener)
        #expect(credentials.certificate?.subject == "CN=a")
        // Such a file once ended the process: no certificate in it belongs to the key.
        let keyOnly = "\(authority.directory)/key.p12"
        try CertificateAuthority.openssl([
            "pkcs12", "-export", "-nocerts", "-inkey", issued.key, "-out", keyOnly, "-passout",
            "pass:p",
        ])
        settings.keystoreLocation = keyOnly
        #expect(Self.fault(settings).contains("openssl pkcs12 -in \(keyOnly) "))
    }

    @Test("that are set twice are refused")
    func both() throws {
        let authority = try CertificateAuthority()
        let issued = try authority.issue("a")
        let text = Secret(try String(contentsOfFile: issued.certificate, encoding: .utf8))
        let keys = Self.settings {
            $0.keystoreLocation = issued.keyStore
            $0.certificateChain = text
        }
        #expect(Self.fault(keys).hasPrefix("ssl.keystore.certificate.chain: ssl.keystore.location"))
        let trust = Self.settings {
            $0.truststoreLocation = authority.certificate
            $0.truststoreCertificates = text
        }
        #expect(
            Self.fault(trust, .client).hasPrefix("ssl.truststore.certificates: ssl.truststore.loc"))
    }

    @Test("with cipher suites of TLS 1.3 alone speak it alone")
    func versions() throws {
        var settings = SSLSettings()
        #expect(try SSLCredentials.versions(settings) == [.tls12, .tls13])
        settings.cipherSuites = ["TLS_AES_256_GCM_SHA384"]
        #expect(try SSLCredentials.versions(settings) == [.tls13])
        settings.enabledProtocols = [.tls12]
        #expect(Self.fault(settings, .client).hasPrefix("ssl.cipher.suites: "))
        settings.cipherSuites.append("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384")
        #expect(try SSLCredentials.versions(settings) == [.tls12])
    }

    @Test("are read again when their file changes, and stay as they are while it is damaged")
    func reloading() throws {
        let authority = try CertificateAuthority()
        let first = try authority.issue("a", subject: "/CN=first")
        let second = try authority.issue("b", subject: "/CN=second")
        let path = "\(authority.directory)/store.pem"
        try FileManager.default.copyItem(atPath: first.keyStore, toPath: path)
        let reported = Reported()
        let source = try SSLContextSource(
            Self.settings { $0.keystoreLocation = path }, side: .listener, report: reported.take)
        var now = NIODeadline.now()
        func subject() -> String? {
            now = now + .seconds(2)
            return source.current(now: now).certificate?.subject
        }
        #expect(subject() == "CN=first")
        try "damaged".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(subject() == "CN=first")
        #expect(subject() == "CN=first")
        #expect(reported.count == 1, "a damaged file is told once")
        try String(contentsOfFile: second.keyStore, encoding: .utf8).write(
            toFile: path, atomically: true, encoding: .utf8)
        #expect(subject() == "CN=second")
        #expect(reported.count == 2)
    }

    @Test(
        "that could not be read are told once and read once they can be, though their files stay as they are"
    )
    func readableAgain() throws {
        let authority = try CertificateAuthority()
        let (first, second) = (
            try authority.issue("a", subject: "/CN=first"),
            try authority.issue("b", subject: "/CN=second")
        )
        let path = "\(authority.directory)/store.pem"
        try FileManager.default.copyItem(atPath: first.keyStore, toPath: path)
        let reported = Reported()
        let hasDescriptors = Mutex(true)
        let source = try SSLContextSource(
            Self.settings { $0.keystoreLocation = path }, side: .listener,
            read: { (settings, side) throws(StoreError) in
                guard hasDescriptors.withLock({ $0 }) else {
                    throw StoreError("x", "too many files")
                }
                return try SSLCredentials(settings, side: side)
            }, report: reported.take)
        var now = NIODeadline.now()
        func subject() -> String? {
            now = now + .seconds(2)
            return source.current(now: now).certificate?.subject
        }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.moveItem(atPath: second.keyStore, toPath: path)
        hasDescriptors.withLock { $0 = false }
        #expect(subject() == "CN=first")
        #expect(subject() == "CN=first")
        #expect(reported.count == 1)
        hasDescriptors.withLock { $0 = true }
        #expect(subject() == "CN=second")
        #expect(subject() == "CN=second")
        #expect(reported.count == 2)
        let before = try #require(FileState(path))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        #expect(FileState(path) != before, "another mode is a change")
    }

    private final class Reported: @unchecked Sendable {
        private(set) var count = 0
        func take(_ result: Result<SSLCredentials, StoreError>) { count += 1 }
    }

    @Test("are warned of from thirty days before they expire")
    func expiry() {
        let certificate = CertificateSummary(
            subject: "CN=a", notValidBefore: 1000, notValidAfter: 100 * 86_400)
        #expect(certificate.warning(now: 0)?.contains("not valid yet") == true)
        #expect(certificate.warning(now: 69 * 86_400) == nil)
        #expect(
            certificate.warning(now: 71 * 86_400) == "the certificate of CN=a expires in 29 days")
        #expect(certificate.warning(now: 100 * 86_400 + 1)?.contains("has expired") == true)
    }

    @Test("show no secret, however they are printed")
    func hidden() {
        let settings = Self.settings {
            $0.keystorePassword = Secret("hunter2")
            $0.keystoreKey = Secret("hunter2")
        }
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!"\(settings)\(String(reflecting: settings))\(dumped)".contains("hunter2"))
        for setting in SSLSettings.ofListener {
            #expect(!setting.key.read(settings).contains("hunter2"))
        }
    }
}
