import Broker
import Foundation
import Testing

@Suite("Users of SCRAM in a directory")
struct StoredUsersTests {
    @Test("are made before the broker's first start makes the directory")
    func beforeTheFirstStart() throws {
        let root = NSTemporaryDirectory() + "weir-users-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: root) }
        let users = StoredUsers(directory: root + "/log/data")
        try users.add("alice", password: "secret", mechanism: "SCRAM-SHA-512", iterations: 4096)
        #expect(try users.list().map(\.name) == ["alice"])
        #expect(throws: (any Error).self) {
            try StoredUsers(directory: root + "/other").remove("alice")
        }
        #expect(try users.remove("alice"))
        #expect(try users.list().isEmpty)
    }
}
