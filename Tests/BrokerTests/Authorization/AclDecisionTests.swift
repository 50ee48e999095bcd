import AllocationCounter
import KafkaProtocol
import Testing

@testable import Broker

@Suite("ACLs")
struct AclDecisionTests {
    private func finding(
        _ acls: [Acl], _ operation: AclOperation = .read, _ name: String = "orders",
        type: ResourceType = .topic, by principal: Principal = Principal(name: "alice"),
        from host: String = "10.0.0.1"
    ) -> AclFinding {
        AclRules(Set(acls)).finding(
            operation, on: type, name, by: AclClient(principal: principal, host: host[...]))
    }

    private func allows(
        _ acls: [Acl], _ operation: AclOperation = .read, _ name: String = "orders",
        by principal: Principal = Principal(name: "alice"), from host: String = "10.0.0.1"
    ) -> Bool {
        let finding = finding(acls, operation, name, by: principal, from: host)
        return finding.isAllowed && !finding.isDenied
    }

    private let alice = "User:alice"

    @Test("allow what they name, and nothing else")
    func allow() {
        let acls = [Acl.test(.allow, .read, .topic, "orders", principal: alice)]
        #expect(allows(acls))
        #expect(!allows(acls, .write))
        #expect(!allows(acls, .read, "order") && !allows(acls, .read, "orders2"))
        #expect(!allows(acls, by: Principal(name: "bob")))
        #expect(!allows(acls, by: Principal(type: "Group", name: "alice")))
        #expect(!finding(acls, type: .group).hasAcls)
        #expect(finding(acls, .write, by: Principal(name: "bob")) == AclFinding(hasAcls: true))
    }

    @Test("of all operations, all topics and all principals are for all of them")
    func wildcards() {
        #expect(allows([.test(.allow, .all, .topic, "orders", principal: alice)], .alterConfigs))
        #expect(allows([.test(.allow, .read, .topic, "*", principal: alice)]))
        #expect(
            allows(
                [.test(.allow, .read, .topic, "orders", principal: "User:*")],
                by: .anonymous))
        // Kafka's wildcard is a User.
        #expect(
            !finding([.test(.allow, .read, .topic, "orders", principal: "Group:*")]).isAllowed)
        #expect(
            !allows([.test(.allow, .read, .topic, "*", patternType: .prefixed, principal: alice)]))
    }

    @Test("that deny count more than those that allow, whichever names them")
    func deny() {
        let allowed = Acl.test(.allow, .all, .topic, "orders", principal: alice)
        for denied in [
            Acl.test(.deny, .read, .topic, "orders", principal: alice),
            .test(.deny, .all, .topic, "*", principal: alice),
            .test(.deny, .read, .topic, "ord", patternType: .prefixed, principal: "User:*"),
            .test(.deny, .read, .topic, "orders", principal: alice, host: "10.0.0.1"),
        ] {
            #expect(allows([allowed]))
            #expect(!allows([allowed, denied]), "\(denied)")
        }
        let ofAnother = Acl.test(.deny, .read, .topic, "orders", principal: "User:bob")
        #expect(allows([allowed, ofAnother]))
        let fromElsewhere = Acl.test(
            .deny, .read, .topic, "orders", principal: alice, host: "10.0.0.2")
        #expect(allows([allowed, fromElsewhere]))
    }

    @Test("of a host hold for it alone, however its address is written")
    func hosts() {
        let here = Acl.test(.allow, .read, .topic, "orders", principal: alice, host: "10.0.0.1")
        #expect(allows([here]) && !allows([here], from: "10.0.0.2"))
        let java = Acl.test(
            .allow, .read, .topic, "orders", principal: alice, host: "0:0:0:0:0:0:0:1")
        #expect(allows([java], from: "::1") && !allows([java], from: "::2"))
        let mapped = Acl.test(
            .deny, .read, .topic, "orders", principal: alice, host: "::ffff:10.0.0.1")
        let everywhere = Acl.test(.allow, .read, .topic, "orders", principal: alice)
        #expect(!allows([everywhere, mapped]) && allows([everywhere, mapped], from: "10.0.0.2"))
    }

    @Test("that allow one operation allow those that it implies; those that deny it do not")
    func implied() {
        for operation in [AclOperation.read, .write, .delete, .alter, .describe, .all] {
            let acls = [Acl.test(.allow, operation, .topic, "orders", principal: alice)]
            #expect(allows(acls, .describe), "\(operation.name)")
        }
        for operation in [AclOperation.create, .alterConfigs, .describeConfigs, .clusterAction] {
            let acls = [Acl.test(.allow, operation, .topic, "orders", principal: alice)]
            #expect(!allows(acls, .describe), "\(operation.name)")
        }
        let altering = Acl.test(.allow, .alterConfigs, .topic, "orders", principal: alice)
        #expect(allows([altering], .describeConfigs))
        let reading = Acl.test(.allow, .read, .topic, "orders", principal: alice)
        #expect(!allows([reading], .describeConfigs))
        let denied = Acl.test(.deny, .read, .topic, "orders", principal: alice)
        let all = Acl.test(.allow, .all, .topic, "orders", principal: alice)
        #expect(allows([all, denied], .describe) && !allows([all, denied], .read))
    }

    @Test("of prefixes are found by any name, as a list of them is")
    func prefixes() {
        var random = SeededGenerator()
        let texts = ["a", "b", "é", "-", "ab", "e", "\u{301}"]
        func text(_ longest: Int) -> String {
            (0..<Int.random(in: 1...longest, using: &random)).map { _ in
                texts.randomElement(using: &random) ?? ""
            }.joined()
        }
        for _ in 0..<200 {
            let prefixes = Set(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in ExactName(text(4)) })
            let values = Dictionary(
                uniqueKeysWithValues: prefixes.map { prefix in
                    (prefix, prefix.text.utf8.map { "\($0)." }.joined())
                })
            let table = PrefixTable(values)
            for _ in 0..<20 {
                let name = text(6)
                var found: [String] = []
                table.forEach(of: name) { found.append($0) }
                let expected = prefixes.map(\.text)
                    .filter { name.utf8.starts(with: $0.utf8) }
                    .sorted { $0.utf8.count > $1.utf8.count }
                    .map { $0.utf8.map { "\($0)." }.joined() }
                #expect(found == expected, "\(random.seed): \(name) \(prefixes)")
                #expect(table.hasPrefix(of: name) == !expected.isEmpty)
            }
        }
    }

    @Test(
        "are decided without asking for memory, whoever else they are about",
        .enabled(if: allocations_are_counted(), "a sanitizer stands in front of malloc"))
    func memory() {
        var acls: Set<Acl> = []
        for index in 0..<500 {
            acls.insert(.test(.allow, .read, .topic, "orders", principal: "User:\(index)"))
            acls.insert(
                .test(
                    .deny, .read, .topic, "a prefix of another, number \(index)",
                    patternType: .prefixed, principal: "User:*"))
        }
        let name = "a topic with a name that is not stored inline"
        acls.insert(
            .test(.allow, .read, .topic, "a topic", patternType: .prefixed, principal: alice))
        let rules = AclRules(acls)
        let client = AclClient(principal: Principal(name: "alice"), host: "10.0.0.1")
        func decide() -> AclFinding { rules.finding(.read, on: .topic, name, by: client) }
        for _ in 0..<2 { #expect(decide().isAllowed) }
        let before = allocation_count()
        var found = 0
        for _ in 0..<100 where decide() == AclFinding(hasAcls: true, isAllowed: true) { found += 1 }
        let count = allocation_count() - before
        #expect(found == 100 && count == 0, "\(count) allocations")
    }

    @Test("allow something somewhere where one allows it that none denies")
    func somewhere() {
        func allows(_ acls: Acl...) -> Bool {
            AclRules(Set(acls)).allowsSomewhere(
                .write, on: .topic,
                by: AclClient(principal: Principal(name: "alice"), host: "10.0.0.1"))
        }
        func acl(
            _ permission: AclPermissionType, _ name: String, _ pattern: PatternType = .literal,
            _ principal: String = "User:alice"
        ) -> Acl {
            .test(permission, .write, .topic, name, patternType: pattern, principal: principal)
        }
        #expect(!allows())
        #expect(allows(acl(.allow, "t")) && allows(acl(.allow, "*")))
        #expect(allows(acl(.allow, "t", .prefixed, "User:*")))
        #expect(!allows(acl(.allow, "t", .literal, "User:bob")))
        #expect(!allows(.test(.allow, .read, .topic, "t", principal: "User:alice")))
        #expect(!allows(.test(.allow, .write, .group, "t", principal: "User:alice")))
        #expect(!allows(acl(.allow, "t"), acl(.deny, "t")))
        #expect(!allows(acl(.allow, "t"), acl(.deny, "*", .literal, "User:*")))
        #expect(!allows(acl(.allow, "tt"), acl(.deny, "t", .prefixed)))
        #expect(!allows(acl(.allow, "tt", .prefixed), acl(.deny, "t", .prefixed)))
        #expect(allows(acl(.allow, "t", .prefixed), acl(.deny, "tt", .prefixed)))
        #expect(allows(acl(.allow, "t", .prefixed), acl(.deny, "t")))
        #expect(allows(acl(.allow, "t"), acl(.allow, "u"), acl(.deny, "t")))
        #expect(
            !allows(.test(.allow, .write, .topic, "t", principal: alice, host: "10.0.0.2"))
                && allows(.test(.allow, .write, .topic, "t", principal: alice, host: "10.0.0.1")))
    }

    @Test(
        "that allow something else, however many, do not hold up who asks for what he may nowhere")
    func nowhere() {
        var acls: Set<Acl> = [.test(.allow, .write, .topic, "t", principal: "User:bob")]
        for index in 0..<3000 {
            acls.insert(.test(.allow, .read, .topic, "t-\(index)", principal: alice))
        }
        let rules = AclRules(acls)
        let client = AclClient(principal: Principal(name: "alice"), host: "10.0.0.1")
        let clock = ContinuousClock()
        let began = clock.now
        for _ in 0..<1000 { #expect(!rules.allowsSomewhere(.write, on: .topic, by: client)) }
        // A look at each of them would take several seconds.
        #expect(clock.now - began < .seconds(1))
    }

    @Test("are matched by filters as Kafka's filters match them")
    func filters() {
        func filter(_ name: String?, _ pattern: PatternType) -> AclFilter {
            AclFilter(
                resourceType: .topic, resourceName: name, patternType: pattern, principal: nil,
                host: nil, operation: .any, permissionType: .any)
        }
        let acls: [String: Acl] = [
            "literal": .test(.allow, .read, .topic, "orders"), "any": .test(.allow, .read),
            "prefix": .test(.allow, .read, .topic, "ord", patternType: .prefixed),
            "same prefix": .test(.allow, .read, .topic, "orders", patternType: .prefixed),
            "group": .test(.allow, .read, .group, "orders"),
        ]
        func names(_ filter: AclFilter) -> Set<String> {
            Set(acls.filter { filter.matches($0.value) }.keys)
        }
        #expect(names(filter("orders", .literal)) == ["literal"])
        #expect(names(filter("orders", .prefixed)) == ["same prefix"])
        #expect(names(filter("orders", .any)) == ["literal", "same prefix"])
        #expect(names(filter("orders", .match)) == ["literal", "any", "prefix", "same prefix"])
        #expect(names(filter("ordinary", .match)) == ["any", "prefix"])
        #expect(names(filter(nil, .literal)) == ["literal", "any"])
        #expect(names(filter(nil, .any)) == ["literal", "any", "prefix", "same prefix"])
        var narrow = filter(nil, .any)
        narrow.resourceType = .any
        narrow.operation = .read
        narrow.permissionType = .allow
        narrow.principal = "User:ANONYMOUS"
        narrow.host = "*"
        #expect(names(narrow).count == 5)
        for change in [
            { $0.operation = .write }, { $0.permissionType = .deny }, { $0.principal = "User:a" },
            { $0.host = "::1" },
        ] as [(inout AclFilter) -> Void] {
            var other = narrow
            change(&other)
            #expect(names(other).isEmpty)
        }
    }

    @Test("that mean nothing are refused")
    func invalid() {
        func message(_ acl: Acl) -> String? {
            do throws(Refusal) {
                try acl.validate()
                return nil
            } catch {
                return error.code == .invalidRequest ? error.message : "\(error.code)"
            }
        }
        #expect(message(.test()) == nil)
        #expect(message(.test(.allow, .all, .cluster, Acl.clusterName)) == nil)
        #expect(message(.test(.allow, .all, .cluster, "c"))?.contains("kafka-cluster") == true)
        #expect(message(.test(.allow, .all, .topic, ""))?.contains("empty") == true)
        #expect(message(.test(.allow, .all, .any)) == "Invalid resourceType")
        #expect(message(.test(.allow, .any)) == "Invalid operation")
        #expect(message(.test(.any)) == "Invalid permissionType")
        #expect(message(.test(patternType: .match)) == "Invalid patternType")
        #expect(message(.test(principal: "alice"))?.contains("User:alice") == true)
        for host in ["", "localhost", "10.0.0.0/8"] {
            #expect(message(.test(host: host)) == "A host is an address, or * for every one")
        }
        #expect(message(.test(host: "fe80::1")) == nil)
        let long = String(repeating: "x", count: Acl.maximumByteCount)
        #expect(message(.test(.allow, .all, .group, long))?.contains("4096") == true)
    }
}
