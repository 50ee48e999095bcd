import CommitLog
import Foundation
import KafkaProtocol
import Testing

@testable import Broker

@Suite("Requests about ACLs")
struct AclRequestTests {
    private static func creation(_ acl: Acl) -> CreateAclsRequest.Creation {
        var creation = CreateAclsRequest.Creation()
        creation.resourceType = acl.resourceType
        creation.resourceName = acl.resourceName
        creation.resourcePatternType = acl.patternType
        creation.principal = acl.principal
        creation.host = acl.host
        creation.operation = acl.operation
        creation.permissionType = acl.permissionType
        return creation
    }

    @discardableResult
    private static func create(
        _ acls: [Acl], _ client: TestClient, version: Int16 = 3
    ) throws -> [CreateAclsResponse.Result] {
        var request = CreateAclsRequest()
        request.creations = acls.map(creation)
        return try client.ask(request, version: version).results
    }

    private static func describe(
        _ client: TestClient, version: Int16 = 3,
        _ change: (inout DescribeAclsRequest) -> Void = { _ in }
    ) throws -> DescribeAclsResponse {
        var request = DescribeAclsRequest()
        request.resourceTypeFilter = .any
        request.patternTypeFilter = .any
        request.operation = .any
        request.permissionType = .any
        change(&request)
        return try client.ask(request, version: version)
    }

    private static func filter(_ name: String?) -> DeleteAclsRequest.Filter {
        var filter = DeleteAclsRequest.Filter()
        filter.resourceTypeFilter = .any
        filter.resourceNameFilter = name
        filter.patternTypeFilter = .any
        filter.operation = .any
        filter.permissionType = .any
        return filter
    }

    private static let acls = [
        Acl.test(.allow, .read, .topic, "a b ü", principal: "User:CN=alice,O=Example"),
        .test(.deny, .write, .topic, "a b ü", principal: "User:bob", host: "10.0.0.1"),
        .test(.allow, .all, .group, "g", patternType: .prefixed),
        .test(.allow, .describeTokens, .user, "User:carol"),
    ]

    @Test("create, describe and delete them", arguments: 1...3 as ClosedRange<Int16>)
    func life(version: Int16) throws {
        let broker = try TestBroker(AuthorizerSettings.everything)
        let client = try broker.client()
        let created = try Self.create(Self.acls + Self.acls, client, version: version)
        #expect(created.map(\.errorCode) == Array(repeating: .none, count: 8))
        let all = try Self.describe(client, version: version)
        #expect(all.errorCode == .none)
        #expect(all.resources.map(\.resourceName) == ["a b ü", "g", "User:carol"])
        #expect(all.resources.map(\.acls.count) == [2, 1, 1])
        #expect(all.resources[1].patternType == .prefixed)
        let bob = try Self.describe(client, version: version) { $0.principalFilter = "User:bob" }
        #expect(bob.resources.map(\.acls) == [[all.resources[0].acls[1]]])
        #expect(bob.resources[0].acls[0].host == "10.0.0.1")
        #expect(bob.resources[0].acls[0].permissionType == .deny)
        var delete = DeleteAclsRequest()
        delete.filters = [Self.filter("a b ü"), Self.filter("none"), Self.filter(nil)]
        let deleted = try client.ask(delete, version: version).filterResults
        #expect(deleted.map(\.errorCode) == [.none, .none, .none])
        #expect(deleted.map(\.matchingAcls.count) == [2, 0, 2])
        #expect(deleted[2].matchingAcls.map(\.resourceName) == ["g", "User:carol"])
        #expect(try Self.describe(client, version: version).resources.isEmpty)
    }

    @Test("are kept over a crash, once they are answered")
    func durable() throws {
        let directory = TestBroker.temporaryDirectory()
        defer { TestBroker.removeTree(directory) }
        let first = try TestBroker(AuthorizerSettings.everything, directory: directory)
        first.keepsDirectory = true
        try Self.create(Self.acls, try first.client())
        var delete = DeleteAclsRequest()
        delete.filters = [Self.filter("g")]
        _ = try first.client().ask(delete, version: 3)
        // As the process left it at that moment.
        let kept = try AclCheckpoint.read(in: directory).map { Acl($0) }
        #expect(Set(kept) == Set(Self.acls.filter { $0.resourceName != "g" }))
        try first.stop()
        let second = try TestBroker(AuthorizerSettings.everything, directory: directory)
        second.keepsDirectory = true
        #expect(second.broker.authorizer?.acls == Set(kept))
        try second.stop()
        let path = "\(directory)/acl-checkpoint"
        try Data("0\n1\n2 3 x\n".utf8).write(to: URL(filePath: path))
        #expect(throws: LogError.self) {
            try TestBroker(AuthorizerSettings.everything, directory: directory)
        }
    }

    @Test("hold from their answer on, for connections that are open, too")
    func atOnce() throws {
        let broker = try TestBroker(AuthorizerSettings.standard)
        try broker.topic("t")
        let client = try broker.client()
        #expect(
            try client.produce("t", testBatch(["a"])).errorCode == .topicAuthorizationFailed)
        try broker.add(.test(.allow, .write, .topic, "t"))
        #expect(try client.produce("t", testBatch(["a"])).errorCode == .none)
        try broker.add(.test(.deny, .write, .topic, "t", host: "127.0.0.1"))
        #expect(
            try client.produce("t", testBatch(["a"])).errorCode == .topicAuthorizationFailed)
    }

    @Test("are bounded in number and size, and those that mean nothing are refused alone")
    func bounded() throws {
        let broker = try TestBroker(
            AuthorizerSettings.everything.merging(["weir.max.acls": "2"]) { $1 })
        let client = try broker.client()
        let long = String(repeating: "x", count: 5000)
        let results = try Self.create(
            [
                .test(.allow, .all, .cluster, "other"), .test(.allow, .all, .group, long),
                Self.acls[0], Self.acls[1], Self.acls[2], Self.acls[0],
            ], client)
        #expect(
            results.map(\.errorCode) == [
                .invalidRequest, .invalidRequest, .none, .none, .policyViolation, .none,
            ])
        #expect(results[4].errorMessage?.contains("weir.max.acls") == true)
        var delete = DeleteAclsRequest()
        delete.filters = Array(repeating: Self.filter("none"), count: 1001)
        #expect(
            Set(try client.ask(delete, version: 3).filterResults.map(\.errorCode))
                == [.invalidRequest])
        delete.filters = [Self.filter(nil), DeleteAclsRequest.Filter()]
        #expect(
            try client.ask(delete, version: 3).filterResults.map(\.errorCode) == [
                .none, .invalidRequest,
            ])
        #expect(
            try Self.describe(client) { $0.operation = .unknown }.errorCode == .invalidRequest)
    }

    @Test("of version 0, which Kafka 4 does not have, are refused in each place")
    func tooOld() throws {
        let broker = try TestBroker(AuthorizerSettings.everything)
        let client = try broker.client()
        #expect(try Self.describe(client, version: 0).errorCode == .unsupportedVersion)
        #expect(
            try Self.create([.test(), .test()], client, version: 0).map(\.errorCode) == [
                .unsupportedVersion, .unsupportedVersion,
            ])
        var delete = DeleteAclsRequest()
        delete.filters = [Self.filter(nil)]
        #expect(
            try client.ask(delete, version: 0).filterResults.map(\.errorCode) == [
                .unsupportedVersion
            ])
        #expect(broker.broker.authorizer?.acls.isEmpty == true)
    }

    @Test("are refused without an authorizer, with the remedy")
    func disabled() throws {
        let broker = try TestBroker()
        let client = try broker.client()
        let described = try Self.describe(client)
        #expect(described.errorCode == .securityDisabled)
        #expect(described.errorMessage?.contains("authorizer.class.name") == true)
        #expect(try Self.create([.test()], client).map(\.errorCode) == [.securityDisabled])
        var delete = DeleteAclsRequest()
        delete.filters = [Self.filter(nil)]
        #expect(
            try client.ask(delete, version: 3).filterResults.map(\.errorCode) == [
                .securityDisabled
            ])
    }
}
