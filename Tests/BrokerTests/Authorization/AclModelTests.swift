import KafkaProtocol
import SeededRandom
import Testing

@testable import Broker

@Suite("ACLs, as the index of them decides")
struct AclModelTests {
    /// What Kafka's authorizer would find by looking at one ACL after the other.
    private func found(
        _ acls: [Acl], _ operation: AclOperation, _ type: ResourceType, _ name: String,
        by client: AclClient
    ) -> AclFinding {
        var finding = AclFinding()
        for acl in acls where acl.resourceType == type {
            let isAbout =
                acl.patternType == .prefixed
                ? name.hasPrefix(acl.resourceName) : [name, "*"].contains(acl.resourceName)
            guard isAbout else { continue }
            finding.hasAcls = true
            guard ["User:*", "User:\(client.principal.name)"].contains(acl.principal),
                ["*", String(client.host)].contains(acl.host)
            else { continue }
            let isSame = acl.operation == .all || acl.operation == operation
            switch acl.permissionType {
            case .deny: if isSame { finding.isDenied = true }
            default:
                let implies =
                    operation == .describe
                    && [.read, .write, .delete, .alter].contains(acl.operation)
                    || operation == .describeConfigs && acl.operation == .alterConfigs
                if isSame || implies { finding.isAllowed = true }
            }
        }
        return finding
    }

    @Test("are the same as a list of them, for everyone and every name")
    func sameAsList() {
        var random = SeededGenerator()
        func any<Value>(_ values: [Value]) -> Value {
            values.randomElement(using: &random) ?? values[0]
        }
        let names = ["a", "ab", "abc", "b", "*"]
        let users = ["alice", "bob", "*"]
        let hosts = ["10.0.0.1", "10.0.0.2"]
        let operations: [AclOperation] = [.read, .describe, .alterConfigs, .describeConfigs]
        for _ in 0..<150 {
            let acls = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                Acl.test(
                    any([.allow, .allow, .deny]), any(operations + [.all]), any([.topic, .group]),
                    any(names), patternType: any([.literal, .prefixed]),
                    principal: "User:\(any(users))", host: any(hosts + ["*", "*"]))
            }
            let rules = AclRules(Set(acls))
            for name in names {
                let client = AclClient(
                    principal: Principal(name: any(users)), host: any(hosts)[...])
                let operation = any(operations)
                let type = any([ResourceType.topic, .group])
                let finding = rules.finding(operation, on: type, name, by: client)
                #expect(
                    finding == found(acls, operation, type, name, by: client),
                    "\(random.seed): \(operation.name) \(type.name) \(name) \(client) \(acls)")
            }
        }
    }
}
