import CommitLog
import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("A client without rights")
struct DeniedRequestTests {
    @Test("gets Kafka's error of each API, and no name")
    func everything() throws {
        let broker = try TestBroker(AuthorizerSettings.standard)
        let id = try broker.topic("t")[0].topicID
        let client = try broker.client()
        let all = RequestsOfAllApis(topicID: id)
        for item in all.items {
            let answer = try item.ask(client)
            #expect(
                Set(ErrorCodes.all(in: answer)).subtracting([.none]) == item.denied,
                "\(item.apiKey): \(answer)")
        }
        #expect(
            Set(ApiKey.allCases).subtracting(all.items.map(\.apiKey)) == [
                .saslHandshake, .saslAuthenticate, .getTelemetrySubscriptions, .pushTelemetry,
            ])
        // Nothing was written, created or deleted.
        #expect(broker.broker.log.topicNames == ["t"])
        #expect(broker.broker.log.partitions(of: "t")?.first?.highWatermark == Offset(0))
        #expect(broker.broker.authorizer?.acls.isEmpty == true)
    }

    @Test("may do what the table of APIs says that it needs, and nothing else of each API")
    func permitted() throws {
        let broker = try TestBroker(AuthorizerSettings.standard)
        let id = try broker.topic("t")[0].topicID
        let client = try broker.client()
        let byAPI = Dictionary(
            grouping: RequestsOfAllApis(topicID: id).items, by: \.apiKey)
        for (apiKey, items) in byAPI.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let acls = ApiPermissions.of(apiKey).map { needed in
                Acl.test(
                    .allow, needed.operation, needed.resource,
                    needed.resource == .cluster ? Acl.clusterName : "*")
            }
            _ = try broker.broker.authorizer?.add(acls)
            for item in items {
                let codes = Set(ErrorCodes.all(in: try item.ask(client)))
                #expect(
                    codes.isDisjoint(with: ErrorCode.ofAuthorization), "\(apiKey): \(codes)")
            }
            let everything = AclFilter(
                resourceType: .any, patternType: .any, operation: .any, permissionType: .any)
            _ = try broker.broker.authorizer?.remove([everything])
            if apiKey == .deleteTopics, broker.broker.log.topic("t") == nil {
                try broker.topic("t")
            }
        }
    }

    @Test("is told in the log what was denied, with who, what, where from and by which API")
    func logged() throws {
        let lines = LinesKept()
        let broker = try TestBroker(AuthorizerSettings.standard, lines: lines)
        let client = try broker.client()
        for _ in 0..<3 { try client.produce("secret", testBatch(["a"])) }
        #expect(
            lines.matching("denied") == [
                #"denied: "User:ANONYMOUS" at 127.0.0.1 wants Write on Topic "secret" for produce"#
            ])
        // What only leaves something out is no attempt.
        _ = try client.ask(ListGroupsRequest(), version: 4)
        var all = MetadataRequest()
        all.topics = nil
        _ = try client.ask(all, version: 9)
        #expect(lines.matching("denied").count == 1)
    }

    @Test("who wants no answer to a Produce learns of it by the end of its connection")
    func withoutAnswer() throws {
        let broker = try TestBroker(AuthorizerSettings.standard)
        try broker.topic("t")
        let client = try broker.client()
        let batch = try testBatch(["a"])
        try client.post(
            TestClient.produceRequest("t", batch, acks: 0), version: 9, records: batch)
        #expect(client.isClosed())
    }
}
