import Glibc
import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Of who may do what a directory that Kafka wrote` {
    private typealias Encoded = EncodedMetadata

    private let temporary = TemporaryDirectory()
    private let orders = TopicID.random()

    private var path: String { temporary.log }

    private func open() throws -> LogDirectory { try LogDirectory(path: path) }

    @Test func `has its users, until it has users of its own`() throws {
        let log = try MetadataLogWriter(in: path)
        try log.append([
            Encoded.scram("a", 1, 7), Encoded.scram("a", 2, 8), Encoded.scram("b ü", 1, 9),
            Encoded.scram("a", 1, 10), Encoded.removeScram("a", 2),
        ])
        try open().close()
        let users = try ScramCheckpoint.read(in: path).sorted { $0.user < $1.user }
        #expect(users.map(\.user) == ["a", "b ü"])
        #expect(users[0].mechanism == "SCRAM-SHA-256" && users[0].salt == [1, 2])
        #expect(users[0].storedKey == [10, 10] && users[0].serverKey == [10])
        var status = stat()
        #expect(unsafe stat("\(path)/\(ScramCheckpoint.fileName)", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        try ScramCheckpoint.alter(in: path) { $0.removeAll { $0.user == "a" } }
        try log.append([Encoded.scram("c", 1, 7)])
        try open().close()
        #expect(try ScramCheckpoint.read(in: path).map(\.user) == ["b ü"])
        writeFile("\(path)/\(ScramCheckpoint.fileName)", Array("0\n1\nSCRAM-SHA-256 x\n".utf8))
        #expect(throws: LogError.self) { try ScramCheckpoint.read(in: path) }
    }

    @Test func `has its ACLs, until it has some of its own`() throws {
        let log = try MetadataLogWriter(in: path)
        let other = TopicID(mostSignificantBits: 8, leastSignificantBits: 9)
        try log.append([
            Encoded.acl(orders, "a b", "User:ü"), Encoded.acl(other, "t", "User:b"),
            Encoded.removeAcl(other),
        ])
        try open().close()
        let ofKafka = AclCheckpoint.Entry(
            resourceType: 2, patternType: 3, resourceName: "a b", principal: "User:ü", host: "*",
            operation: 3, permissionType: 3)
        #expect(try AclCheckpoint.read(in: path) == [ofKafka])
        var status = stat()
        #expect(unsafe stat("\(path)/\(AclCheckpoint.fileName)", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
        // A version that did not know ACLs took over the rest.
        #expect(unsafe unlink("\(path)/\(AclCheckpoint.fileName)") == 0)
        try open().close()
        #expect(try AclCheckpoint.read(in: path) == [ofKafka])
        var own = ofKafka
        own.principal = "User:own"
        try AclCheckpoint.write([own], in: path)
        try log.append([Encoded.acl(other, "t", "User:c")])
        try open().close()
        #expect(try AclCheckpoint.read(in: path) == [own])
        for damaged in ["0\n1\n2 3 3 3 61 62\n", "0\n1\n2 3 3 3 6 62 63\n", "0\n2\n"] {
            writeFile("\(path)/\(AclCheckpoint.fileName)", Array(damaged.utf8))
            #expect(throws: LogError.self) { try AclCheckpoint.read(in: path) }
        }
    }

    @Test func `has its quotas, until it has quotas of its own`() throws {
        let log = try MetadataLogWriter(in: path)
        let both = [("user", "b ü"), ("client-id", nil)] as [(String, String?)]
        try log.append([
            Encoded.quota([("user", "a")], "producer_byte_rate", 5),
            Encoded.quota([("user", "a")], "producer_byte_rate", 6),
            Encoded.quota(both, "request_percentage", 0.25),
            Encoded.quota([("ip", nil)], "connection_creation_rate", 7),
            Encoded.quota([("ip", nil)], "connection_creation_rate", 7, isRemoved: true),
            Encoded.quota([("strange", "x")], "producer_byte_rate", 8),
        ])
        try open().close()
        let quotas = try ClientQuotaCheckpoint.read(in: path).sorted { $0.value < $1.value }
        #expect(
            quotas == [
                .init(
                    key: "request_percentage", value: 0.25, user: .named("b ü"),
                    clientID: .byDefault, address: .absent),
                .init(
                    key: "producer_byte_rate", value: 6, user: .named("a"), clientID: .absent,
                    address: .absent),
            ])
        try ClientQuotaCheckpoint.write([], in: path)
        try log.append([Encoded.quota([("user", "c")], "producer_byte_rate", 5)])
        try open().close()
        #expect(try ClientQuotaCheckpoint.read(in: path).isEmpty)
        for wrong in ["producer_byte_rate x - - *", "a 5 =0g - -", "a -1 * - -", "a 5 *"] {
            writeFile("\(path)/\(ClientQuotaCheckpoint.fileName)", Array("0\n1\n\(wrong)\n".utf8))
            #expect(throws: LogError.self) { try ClientQuotaCheckpoint.read(in: path) }
        }
    }

    @Test func `says that its ACLs were not taken over where they cannot be read`() throws {
        let log = try MetadataLogWriter(in: path)
        try log.append([Array("{}".utf8)])
        try open().close()
        #expect(try AclCheckpoint.unreadLog(in: path) == "\(path)/__cluster_metadata-0")
        // There were none when Kafka went on.
        try AclCheckpoint.write([], in: path)
        try log.append([Array("{}".utf8)])
        try open().close()
        #expect(try AclCheckpoint.unreadLog(in: path) != nil)
        let own = AclCheckpoint.Entry(
            resourceType: 2, patternType: 3, resourceName: "t", principal: "User:own", host: "*",
            operation: 3, permissionType: 3)
        try AclCheckpoint.write([own], in: path)
        try log.append([Array("{}".utf8)])
        try open().close()
        #expect(try AclCheckpoint.unreadLog(in: path) == nil)
        #expect(try AclCheckpoint.read(in: path) == [own])
    }
}
