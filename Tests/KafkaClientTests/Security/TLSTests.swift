import Broker
import CommitLog
import Foundation
import KafkaProtocol
import NIOCore
import NIOPosix
import RecordFormat
import TestCertificates
import Testing

@testable import KafkaClient

@Suite("Over TLS")
struct TLSTests {
    /// An authority with a broker's key store, and a client's.
    private struct Names {
        let authority: CertificateAuthority
        let broker: CertificateAuthority.Issued
        let client: CertificateAuthority.Issued

        init(names: String = "DNS:localhost,IP:127.0.0.1") throws {
            authority = try CertificateAuthority()
            broker = try authority.issue("broker", names: names)
            client = try authority.issue("client", subject: "/O=Weir/CN=alice")
        }

        func running(_ settings: [String: String] = [:]) throws -> RunningBroker {
            try RunningBroker(
                settings.merging([
                    "listeners": "SSL://127.0.0.1:0", "ssl.keystore.location": broker.keyStore,
                    "ssl.truststore.location": authority.certificate,
                ]) { own, _ in own })
        }

        func settings(
            _ broker: RunningBroker, _ others: [String: String] = [:]
        ) throws -> ClientSettings {
            try ClientSettings(
                others.merging([
                    "bootstrap.servers": "127.0.0.1:\(broker.port)", "security.protocol": "SSL",
                    "ssl.truststore.location": authority.certificate,
                ]) { own, _ in own })
        }
    }

    private static func open(
        _ settings: ClientSettings, host: String? = nil
    ) async throws -> BrokerConnection {
        var address = settings.connection.bootstrapServers[0]
        if let host { address.host = host }
        return try await BrokerConnection.open(
            Peer(address: address), settings: settings.connection,
            on: MultiThreadedEventLoopGroup.singleton.next(), logger: .silent
        ).get()
    }

    private static func fault(_ settings: ClientSettings) async throws -> String {
        try await connectionError {
            let connection = try await open(settings)
            // With TLS 1.3 a broker refuses a client's certificate after the handshake.
            _ = try await connection.send(MetadataRequest()).get()
        }.map { "\($0)" } ?? ""
    }

    @Test("records come back as they were sent, in batches larger than what is encrypted at a time")
    func records() async throws {
        let names = try Names()
        let broker = try names.running()
        let log = try broker.broker.log.createTopic("t", partitions: 1)[0]
        var sent: [UInt8] = []
        for size in [10, 300_000, 1000, 700_000, 255_000, 262_144, 1] {
            let text = String(repeating: "x", count: size) + "\(size)"
            var bytes = try TestBatch([text]).bytes
            try append(&bytes, to: log)
            sent += bytes
        }
        let connection = try await Self.open(names.settings(broker))
        var fetch = FetchRequest()
        fetch.maxBytes = 16 << 20
        var topic = FetchRequest.Topic()
        topic.topic = "t"
        var partition = FetchRequest.Partition()
        partition.partitionMaxBytes = 16 << 20
        topic.partitions = [partition]
        fetch.topics = [topic]
        for _ in 0..<3 {
            let answer = try await connection.send(fetch, highestVersion: 12).get()
            let records = try #require(answer.body.responses[0].partitions[0].records)
            let values = try RecordBatchReader.values(
                in: Array(answer.bytes(of: records).readableBytesView))
            #expect(values == (try RecordBatchReader.values(in: sent)))
        }
        try await connection.close().get()
    }

    private func append(_ bytes: inout [UInt8], to log: PartitionLog) throws {
        _ = try unsafe bytes.withUnsafeMutableBytes { bytes throws(AppendError) in
            try unsafe log.append(bytes)
        }
    }

    @Test("a certificate that nothing trusted has signed, or for another name, is refused")
    func trust() async throws {
        let names = try Names(names: "DNS:elsewhere")
        let broker = try names.running()
        #expect(
            try await Self.fault(names.settings(broker)).contains("is not for this"),
            "the address is not in the certificate")
        let unchecked = try names.settings(
            broker, ["ssl.endpoint.identification.algorithm": ""])
        #expect(try await Self.fault(unchecked) == "")
        let other = try CertificateAuthority()
        let stranger = try names.settings(
            broker, ["ssl.truststore.location": other.certificate])
        let fault = try await Self.fault(stranger)
        #expect(fault.contains("is not trusted") && fault.contains("ssl.truststore.location"))
        let none = try names.settings(broker, ["ssl.truststore.location": "/none.pem"])
        #expect(
            try await Self.fault(none).contains(
                "ssl.truststore.location: /none.pem: the file cannot be opened"))
    }

    @Test("a name is told to the broker, and must be the certificate's")
    func hostName() async throws {
        let names = try Names(names: "DNS:localhost")
        let broker = try names.running()
        let connection = try await Self.open(names.settings(broker), host: "localhost")
        try await connection.close().get()
        #expect(try await Self.fault(names.settings(broker)).contains("is not for this host name"))
    }

    @Test("a client without the certificate that the broker wants is told so")
    func clientCertificate() async throws {
        let names = try Names()
        let broker = try names.running(["ssl.client.auth": "required"])
        let fault = try await Self.fault(names.settings(broker))
        #expect(fault.contains("ssl.keystore.location"), "\(fault)")
        let known = try names.settings(
            broker, ["ssl.keystore.location": names.client.keyStore])
        #expect(try await Self.fault(known) == "")
        let other = try CertificateAuthority().issue("other")
        let stranger = try names.settings(broker, ["ssl.keystore.location": other.keyStore])
        #expect(try await Self.fault(stranger).contains("ssl.keystore.location"))
    }

    @Test("a client that no rule fits is not let in")
    func rules() async throws {
        let names = try Names()
        let broker = try names.running([
            "ssl.client.auth": "requested",
            "ssl.principal.mapping.rules": "RULE:^CN=(b.*),.*$/$1/",
        ])
        let known = try names.settings(
            broker, ["ssl.keystore.location": names.client.keyStore])
        #expect(try await Self.fault(known) != "")
        #expect(try await Self.fault(names.settings(broker)) == "", "without a certificate")
    }

    @Test(
        "versions without one in common end with a clear word", arguments: ["TLSv1.2", "TLSv1.3"])
    func versions(version: String) async throws {
        let names = try Names()
        let broker = try names.running(["ssl.enabled.protocols": version])
        #expect(try await Self.fault(names.settings(broker)) == "")
        let other = version == "TLSv1.2" ? "TLSv1.3" : "TLSv1.2"
        let fault = try await Self.fault(
            names.settings(broker, ["ssl.enabled.protocols": other]))
        #expect(fault.contains("ssl.enabled.protocols"), "\(fault)")
    }

    @Test("a client that does not speak it, and a port that does not, are told at once")
    func plaintext() async throws {
        let names = try Names()
        let encrypted = try names.running()
        let plain = try RunningBroker()
        let toEncrypted = try await connectionError {
            _ = try await Self.open(
                ClientSettings(["bootstrap.servers": "127.0.0.1:\(encrypted.port)"]))
        }
        #expect("\(try #require(toEncrypted))".contains("set security.protocol=SSL"))
        let toPlain = try await Self.fault(names.settings(plain))
        #expect(toPlain.contains("TLS"), "\(toPlain)")
    }

    @Test("a new certificate is used for new connections, and the old ones stay")
    func renewed() async throws {
        let names = try Names()
        let path = "\(names.authority.directory)/current.pem"
        try FileManager.default.copyItem(atPath: names.broker.keyStore, toPath: path)
        let broker = try names.running(["ssl.keystore.location": path])
        let old = try await Self.open(names.settings(broker))
        let other = try CertificateAuthority()
        let renewed = try other.issue("renewed")
        try String(contentsOfFile: renewed.keyStore, encoding: .utf8).write(
            toFile: path, atomically: true, encoding: .utf8)
        let trusting = try names.settings(
            broker, ["ssl.truststore.location": other.certificate])
        try await eventually { try await Self.fault(trusting) == "" }
        _ = try await old.send(MetadataRequest()).get()
        try await old.close().get()
    }
}
