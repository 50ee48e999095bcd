import Foundation
import Logging

@testable import Broker
@testable import CommitLog
@testable import Security

/// What is read of files, which somebody may have damaged, or have been given by somebody else.
let fileParsers: [Parser] = [
    Parser(name: "key-store") { bytes in
        write(bytes, "store")
        var settings = SSLSettings()
        settings.keystoreLocation = "\(folder)/store"
        settings.keystorePassword = Secret("password")
        settings.truststoreLocation = settings.keystoreLocation
        settings.clientAuth = .required
        _ = try? SSLCredentials(settings, side: .listener)
        _ = try? SSLCredentials(settings, side: .client)
        settings = SSLSettings()
        settings.truststoreCertificates = Secret(String(decoding: bytes, as: UTF8.self))
        _ = try? SSLCredentials(settings, side: .client)
    },
    Parser(name: "certificate") { bytes in _ = DistinguishedName.ofSubject(inCertificate: bytes) },
    Parser(name: "jaas", seed: #"a.b.PlainLoginModule required username="a" user_b='\"c' ;"#) {
        bytes in
        _ = JaasConfig(String(decoding: bytes, as: UTF8.self))?.users
    },
    Parser(name: "server-properties", seed: properties) { bytes in
        let settings = BrokerConfig.settings(
            inFile: String(decoding: bytes, as: UTF8.self), named: "server.properties")
        _ = try? BrokerConfig.reading(settings)
    },
    Parser(name: "metadata-record") { bytes in _ = try? MetadataRecord(bytes) },
    Parser(name: "acl-checkpoint", seed: "0\n1\n2 3 3 3 74 557365723a61 2a\n") { bytes in
        write(bytes, AclCheckpoint.fileName)
        guard let entries = try? AclCheckpoint.read(in: folder) else { return }
        do {
            try AclCheckpoint.write(entries, in: folder)
            let again = try AclCheckpoint.read(in: folder)
            precondition(Set(again) == Set(entries))
        } catch {
            preconditionFailure("what was read cannot be written: \(error)")
        }
        guard let authorizer = try? Authorizer(config, denials: denials) else { return }
        let client = AclClient(principal: .anonymous, host: "127.0.0.1")
        for acl in authorizer.acls {
            _ = authorizer.allows(acl.operation, on: acl.resourceType, acl.resourceName, to: client)
        }
    },
]

/// In memory, where there is such a place.
private let folder: String = {
    let parent = FileManager.default.fileExists(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    let path = "\(parent)/weir-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(atPath: folder) }
    return path
}()

private let config: BrokerConfig = {
    var config = BrokerConfig()
    config.logDirectory = folder
    return config
}()

private let denials = DenialLog(Logger(label: "fuzz") { _ in SwiftLogNoOpLogHandler() })

private func write(_ bytes: [UInt8], _ name: String) {
    precondition(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data(bytes)))
}

private let properties = #"""
    listeners=A://127.0.0.1:9092,B://:9093
    listener.security.protocol.map=A:PLAINTEXT,B:SASL_SSL
    listener.name.b.plain.sasl.jaas.config=P required user_a="b";
    sasl.enabled.mechanisms=PLAIN,OAUTHBEARER
    ssl.principal.mapping.rules=RULE:^CN=(.*?),.*$/$1/L,DEFAULT
    max.connections.per.ip.overrides=10.0.0.1:5
    super.users=User:a;User:CN=b
    authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
    log.retention.hours: 1\
      2
    num.network.threads 2
    """#
