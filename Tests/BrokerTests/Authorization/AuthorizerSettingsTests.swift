import CommitLog
import Foundation
import KafkaProtocol
import Testing

@testable import Broker

@Suite("Settings of the authorizer")
struct AuthorizerSettingsTests {
    private func config(_ settings: [String: String]) throws(BrokerConfigError) -> BrokerConfig {
        try BrokerConfig.reading(
            settings.map { WrittenSetting(key: $0, value: $1, origin: "test") }
        ).config
    }

    @Test("are Kafka's; of other classes an error says which there are")
    func classes() throws {
        let none = try config([:])
        #expect(!none.authorizes && none.superUsers.isEmpty && !none.allowEveryoneIfNoAclFound)
        #expect(none.maxAcls == 10_000)
        for name in BrokerConfig.authorizers {
            #expect(try config([AuthorizerSettings.name: name]).authorizes)
        }
        #expect(try !config([AuthorizerSettings.name: ""]).authorizes)
        let error = #expect(throws: BrokerConfigError.self) {
            try config([AuthorizerSettings.name: "com.example.Mine"])
        }
        #expect(error?.reason.contains("StandardAuthorizer") == true)
    }

    @Test("name super users with semicolons between, since certificates have commas")
    func superUsers() throws {
        let config = try config(["super.users": "User:CN=a,O=b; User:ANONYMOUS;"])
        #expect(config.superUsers == [Principal(name: "CN=a,O=b"), .anonymous])
        #expect(throws: BrokerConfigError.self) { try self.config(["super.users": "alice"]) }
    }

    @Test("let super users do everything, and others what no ACL is about, if they say so")
    func decisions() throws {
        let directory = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(directory) }
        var config = try config([
            "super.users": "User:root", "allow.everyone.if.no.acl.found": "true",
        ])
        config.logDirectory = directory
        let lines = LinesKept()
        let authorizer = try Authorizer(config, denials: DenialLog(lines.logger))
        func allows(_ name: String, _ topic: String) -> Bool {
            authorizer.allows(
                .read, on: .topic, topic,
                to: AclClient(principal: Principal(name: name), host: "10.0.0.1"))
        }
        #expect(allows("bob", "t") && allows("root", "t"))
        _ = try authorizer.add([
            .test(.allow, .write, .topic, "t", principal: "User:alice"),
            .test(.deny, .all, .topic, "*", principal: "User:root"),
        ])
        #expect(!allows("bob", "t"), "an ACL is about it, of whomever")
        #expect(allows("root", "t"), "super users are denied nothing")
        _ = try authorizer.remove([
            AclFilter(
                resourceType: .any, patternType: .any, operation: .any, permissionType: .deny)
        ])
        #expect(allows("bob", "u") && !allows("bob", "t"))
        // A client is looked up again once the ACLs are others.
        let bob = AclClient(principal: Principal(name: "bob"), host: "10.0.0.1")
        let rights = authorizer.rights(of: bob)
        #expect(authorizer.rights(of: bob, last: rights) === rights)
        _ = try authorizer.add([.test(.allow, .read, .topic, "t", principal: "User:bob")])
        let renewed = authorizer.rights(of: bob, last: rights)
        #expect(renewed.allows(.read, on: .topic, "t") && !rights.allows(.read, on: .topic, "t"))
        config.allowEveryoneIfNoAclFound = false
        let strict = try Authorizer(config, denials: DenialLog(lines.logger))
        #expect(
            !strict.allows(
                .read, on: .topic, "u",
                to: AclClient(principal: Principal(name: "bob"), host: "10.0.0.1")))
    }

    @Test("decide whether a start warns of listeners that ask nobody who he is")
    func warnings() throws {
        let cases: [([String: String], String?)] = [
            ([:], "read, write and delete everything: nobody is asked"),
            (AuthorizerSettings.standard, nil),
            (AuthorizerSettings.everything, "read, write and delete everything: nobody is asked"),
            (
                AuthorizerSettings.standard.merging([
                    "allow.everyone.if.no.acl.found": "true"
                ]) { $1 }, "whatever no ACL is about: nobody is asked"
            ),
        ]
        for (settings, warning) in cases {
            let lines = LinesKept()
            let wide = settings.merging(["listeners": "PLAINTEXT://0.0.0.0:0"]) { $1 }
            let broker = try TestBroker(wide, lines: lines)
            #expect(lines.matching("nobody is asked").count == (warning == nil ? 0 : 1))
            if let warning { #expect(lines.matching(warning).count == 1) }
            try broker.stop()
        }
    }

    @Test("that keep everybody out, or ACLs that nobody looks at, are told of at the start")
    func mistakes() throws {
        let lines = LinesKept()
        let broker = try TestBroker(AuthorizerSettings.standard, lines: lines)
        #expect(lines.matching("nobody may do anything").count == 1)
        try broker.add(.test())
        try broker.stopForNext()
        let idle = try TestBroker(directory: broker.directory, lines: lines)
        #expect(lines.matching("there are 1 ACLs, and nobody looks at them").count == 1)
        #expect(lines.matching("nobody may do anything").count == 1)
        try idle.stop()
    }

    @Test("do not let a broker start without the ACLs in a log of Kafka's that cannot be read")
    func unread() throws {
        let directory = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(directory) }
        let log = "\(directory)/__cluster_metadata-0"
        try FileManager.default.createDirectory(
            atPath: log, withIntermediateDirectories: true)
        let unreadable = Data(try testBatch(["{}"]))
        try unreadable.write(to: URL(filePath: "\(log)/00000000000000000000.log"))
        let open = AuthorizerSettings.standard.merging([
            "allow.everyone.if.no.acl.found": "true"
        ]) { $1 }
        let error = #expect(throws: LogError.self) { try TestBroker(open, directory: directory) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains(log) && text.contains("move it away"))
        let without = try TestBroker(directory: directory)
        try without.stopForNext()
        try FileManager.default.removeItem(atPath: log)
        let next = try TestBroker(open, directory: directory)
        try next.stopForNext()
    }

    @Test("take no ACL for another where a later version of Kafka wrote it")
    func unknownNumbers() throws {
        let directory = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(directory) }
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        let known = Acl.test(.allow, .write, .topic, "t")
        var config = try config([:])
        config.logDirectory = directory
        for change in [
            { $0.patternType = 5 }, { $0.operation = 35 }, { $0.operation = -1 },
            { $0.resourceType = 9 },
        ] as [(inout AclCheckpoint.Entry) -> Void] {
            var other = Acl.test(.allow, .read, .topic, "u").entry
            change(&other)
            try AclCheckpoint.write([known.entry, other], in: directory)
            let authorizer = try Authorizer(config, denials: DenialLog(LinesKept().logger))
            #expect(authorizer.acls == [known])
            #expect(authorizer.warnings().first?.hasPrefix("1 ACLs of another version") == true)
            other.permissionType = AclPermissionType.deny.rawValue
            try AclCheckpoint.write([known.entry, other], in: directory)
            #expect(throws: LogError.self) {
                try Authorizer(config, denials: DenialLog(LinesKept().logger))
            }
        }
    }
}
