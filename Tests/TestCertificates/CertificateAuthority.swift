import Foundation

/// Keys and certificates that tests make by the program `openssl`, in a directory that goes with this object.
public final class CertificateAuthority: Sendable {
    public let directory: String

    /// The certificate of the authority: a trust store.
    public var certificate: String { "\(directory)/ca.pem" }

    public init(name: String = "Test CA") throws {
        directory =
            FileManager.default.temporaryDirectory
            .appending(component: "weir-certificates-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        try Self.openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
            "-keyout", "\(directory)/ca.key", "-out", "\(directory)/ca.pem", "-days", "3650",
            "-subj", "/CN=\(name)", "-addext", "basicConstraints=critical,CA:TRUE",
        ])
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// What was made for one name.
    public struct Issued: Sendable {
        /// Key and certificates in one file of PEM: Kafka's key store.
        public let keyStore: String
        public let key: String
        public let certificate: String
    }

    /// A key and a certificate of this authority.
    /// - Parameters:
    ///   - subject: as openssl takes it: `/O=Weir/CN=localhost`.
    ///   - names: the alternative names: `DNS:localhost,IP:127.0.0.1`.
    public func issue(
        _ file: String, subject: String = "/CN=localhost",
        names: String = "DNS:localhost,IP:127.0.0.1", days: Int = 365
    ) throws -> Issued {
        let base = "\(directory)/\(file)"
        try Self.openssl([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8",
            "-multivalue-rdn", "-keyout", "\(base).key", "-out", "\(base).csr", "-subj", subject,
        ])
        try "subjectAltName=\(names)\n".write(
            toFile: "\(base).ext", atomically: false, encoding: .utf8)
        try Self.openssl([
            "x509", "-req", "-in", "\(base).csr", "-CA", "\(directory)/ca.pem", "-CAkey",
            "\(directory)/ca.key", "-CAcreateserial", "-out", "\(base).crt", "-days", "\(days)",
            "-extfile", "\(base).ext",
        ])
        let parts = try ["key", "crt"].map {
            try String(contentsOfFile: "\(base).\($0)", encoding: .utf8)
        }
        try (parts.joined() + String(contentsOfFile: certificate, encoding: .utf8)).write(
            toFile: "\(base).pem", atomically: false, encoding: .utf8)
        return Issued(
            keyStore: "\(base).pem", key: "\(base).key", certificate: "\(base).crt")
    }

    /// The same as a PKCS#12 file.
    public func pkcs12(_ issued: Issued, password: String) throws -> String {
        let path = issued.keyStore + ".p12"
        try Self.openssl([
            "pkcs12", "-export", "-inkey", issued.key, "-in", issued.certificate, "-certfile",
            certificate, "-out", path, "-passout", "pass:\(password)",
        ])
        return path
    }

    /// The key encrypted with a password, with the certificates behind it.
    public func encrypted(_ issued: Issued, password: String) throws -> String {
        let path = issued.keyStore + ".encrypted"
        try Self.openssl([
            "pkcs8", "-topk8", "-in", issued.key, "-out", path, "-v2", "aes-256-cbc", "-passout",
            "pass:\(password)",
        ])
        let parts = try [path, issued.certificate].map {
            try String(contentsOfFile: $0, encoding: .utf8)
        }
        try parts.joined().write(toFile: path, atomically: false, encoding: .utf8)
        return path
    }

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// Runs `openssl`; returns what it writes to standard output.
    @discardableResult
    public static func openssl(_ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        let (output, errors) = (Pipe(), Pipe())
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(
                description: "openssl \(arguments.joined(separator: " ")): "
                    + String(decoding: complaint, as: UTF8.self))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
