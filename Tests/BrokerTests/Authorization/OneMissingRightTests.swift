import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A client that lacks one of the rights that an API needs")
struct OneMissingRightTests {
    /// Where the answer is not the error of the resource: one of two rights will do, or the answer leaves something
    /// out. By the API's number.
    private static let others: [String: Set<ErrorCode>] = [
        // Followers are told it of their topics.
        "1 ClusterAction Cluster": [.topicAuthorizationFailed],
        // Lists.
        "3 Describe Cluster": [], "60 Describe Cluster": [], "65 Describe Topic": [],
        "66 Describe TransactionalId": [],
        // Nothing is created, and no such group is described.
        "3 Create Topic": [], "3 Create Cluster": [], "69 Describe Topic": [],
        "77 Describe Topic": [], "92 Read Topic": [],
        // Whoever is no member has no session, and no topic is looked at: `ShareFetchTests` has members.
        "78 Read Topic": [], "79 Read Topic": [],
        // One of two is enough.
        "16 Describe Group": [], "16 Describe Cluster": [],
        "19 Create Topic": [], "19 Create Cluster": [],
        "20 Delete Topic": [], "20 Delete Cluster": [], "20 Describe Topic": [],
        "22 IdempotentWrite Cluster": [], "22 Write Topic": [],
        "23 Describe Topic": [], "23 ClusterAction Cluster": [],
        "27 ClusterAction Cluster": [], "27 Alter Cluster": [],
    ]

    private let broker: TestBroker
    private let client: TestClient
    private let items: [(apiKey: ApiKey, items: [RequestsOfAllApis.Item])]

    init() throws {
        broker = try TestBroker(
            AuthorizerSettings.standard.merging(["auto.create.topics.enable": "false"]) { $1 })
        let id = try broker.topic("t")[0].topicID
        client = try broker.client()
        // The topic is deleted last.
        items = Dictionary(grouping: RequestsOfAllApis(topicID: id).items, by: \.apiKey)
            .sorted {
                ($0.key == .deleteTopics ? 1 : 0, $0.key.rawValue)
                    < ($1.key == .deleteTopics ? 1 : 0, $1.key.rawValue)
            }.map { (apiKey: $0.key, items: $0.value) }
    }

    /// What these requests are answered by who has these rights and no others.
    private func codes(
        _ items: [RequestsOfAllApis.Item], with rights: [ApiPermission]
    ) throws -> Set<ErrorCode> {
        let acls = rights.map { right in
            Acl.test(
                .allow, right.operation, right.resource,
                right.resource == .cluster ? Acl.clusterName : "*")
        }
        _ = try broker.broker.authorizer?.add(acls)
        let codes = try items.map { Set(ErrorCodes.all(in: try $0.ask(client))) }
        _ = try broker.broker.authorizer?.remove([
            AclFilter(
                resourceType: .any, patternType: .any, operation: .any, permissionType: .any)
        ])
        return codes.reduce([]) { $0.union($1) }
    }

    @Test("is told so by each API, and by none where another right is enough")
    func each() throws {
        // There is a group with an offset.
        let commits = items.first { $0.apiKey == .offsetCommit }?.items ?? []
        _ = try retried {
            try codes(commits, with: ApiPermissions.of(.offsetCommit))
        } code: {
            $0.first(where: \.isRetriable) ?? .none
        }
        var unused = Set(Self.others.keys)
        for (apiKey, items) in items {
            let needed = ApiPermissions.of(apiKey)
            for lacked in needed {
                let name = "\(apiKey.rawValue) \(lacked.operation.name) \(lacked.resource.name)"
                let found = try codes(items, with: needed.filter { $0 != lacked })
                    .intersection(ErrorCode.ofAuthorization)
                unused.remove(name)
                #expect(
                    found == Self.others[name] ?? [lacked.resource.refusal], "\(apiKey): \(name)")
            }
        }
        #expect(unused.isEmpty)
    }
}
