import KafkaProtocol
import RecordFormat
import Testing

@testable import Broker

@Suite("Subscriptions to clients' metrics")
struct TelemetryRequestTests {
    private static func set(
        _ client: TestClient, _ values: [(String, String?)], name: String = "all"
    ) throws -> ErrorCode {
        var request = IncrementalAlterConfigsRequest()
        var resource = IncrementalAlterConfigsRequest.Resource()
        resource.resourceType = .clientMetrics
        resource.resourceName = name
        resource.configs = values.map { key, value in
            var config = IncrementalAlterConfigsRequest.Config()
            config.name = key
            config.configOperation = value == nil ? .delete : .set
            config.value = value
            return config
        }
        request.resources = [resource]
        return try client.ask(request, version: 1).responses[0].errorCode
    }

    private static func names(_ client: TestClient) throws -> [String] {
        try client.ask(ListConfigResourcesRequest(), version: 0).configResources
            .map(\.resourceName)
    }

    @Test("are resources with settings, there after a restart, gone without any")
    func resources() throws {
        let first = try TestBroker()
        let client = try first.client()
        #expect(try Self.set(client, [("metrics", "a.,b."), ("interval.ms", "100")]) == .none)
        #expect(try Self.set(client, [("interval.ms", "1")]) == .invalidRequest)
        #expect(try Self.set(client, [("metrics", "x")], name: "") == .invalidRequest)
        try first.stopForNext()
        let second = try TestBroker(directory: first.directory)
        let again = try second.client()
        #expect(try Self.names(again) == ["all"])
        var describe = DescribeConfigsRequest()
        var resource = DescribeConfigsRequest.Resource()
        (resource.resourceType, resource.resourceName) = (.clientMetrics, "all")
        resource.configurationKeys = nil
        describe.resources = [resource]
        let configs = try again.ask(describe, version: 4).results[0].configs
        #expect(configs.map(\.name) == ["metrics", "interval.ms", "match"])
        #expect(configs.map(\.value) == ["a.,b.", "100", ""])
        #expect(configs.first?.configSource == .clientMetrics)
        #expect(try Self.set(again, [("metrics", nil), ("interval.ms", nil)]) == .none)
        #expect(try Self.names(again).isEmpty)
        var all = ListConfigResourcesRequest()
        all.resourceTypes = [4]
        #expect(try again.ask(all, version: 1).configResources.map(\.resourceName) == ["1"])
        all.resourceTypes = [77]
        #expect(try again.ask(all, version: 1).errorCode == .unsupportedVersion)
    }

    @Test("are told to clients where they are wanted, and their pushes are taken and logged")
    func pushed() throws {
        let lines = LinesKept(level: .info)
        let broker = try TestBroker(["weir.client.metrics": "log"], lines: lines)
        let client = try broker.client()
        var versions = ApiVersionsRequest()
        versions.clientSoftwareName = "test-client"
        versions.clientSoftwareVersion = "1.0"
        let keys = try client.ask(versions, version: 3).apiKeys.map(\.apiKey)
        #expect(keys.contains(71) && keys.contains(72))
        #expect(
            try Self.set(
                client, [("metrics", "*"), ("match", "client_software_name=test-.*")]) == .none)
        let told = try client.ask(GetTelemetrySubscriptionsRequest(), version: 0)
        #expect(told.requestedMetrics == ["*"] && told.clientInstanceID != .none)
        var push = PushTelemetryRequest()
        push.clientInstanceID = told.clientInstanceID
        push.subscriptionID = told.subscriptionID
        push.metrics = OpaqueBytes([0x0a, 5, 0x12, 3, 0x12, 1, 0x0a])
        #expect(try client.ask(push, version: 0).errorCode == .invalidRecord)
        push.terminating = true
        push.metrics = Self.metrics
        #expect(try client.ask(push, version: 0).errorCode == .none)
        let logged = lines.matching("metrics of a client")
        #expect(logged.count == 1)
        #expect(logged.first?.contains("test-client") == true)
        // What clients make up is on one line.
        #expect(logged.first?.contains(#"first="x\ny""#) == true)
    }

    /// Of one metric, whose name has a line feed.
    private static let metrics = OpaqueBytes([
        0x0a, 9, 0x12, 7, 0x12, 5, 0x0a, 3, 0x78, 0x0a, 0x79,
    ])

    @Test("are logged a few times a second, however many clients push")
    func manyPushes() throws {
        let lines = LinesKept(level: .info)
        let broker = try TestBroker(["weir.client.metrics": "log"], lines: lines)
        let client = try broker.client()
        client.clientID = "a\nb"
        #expect(try Self.set(client, [("metrics", "*")]) == .none)
        let count = 100
        for _ in 0..<count {
            let told = try client.ask(GetTelemetrySubscriptionsRequest(), version: 0)
            var push = PushTelemetryRequest()
            push.clientInstanceID = told.clientInstanceID
            push.subscriptionID = told.subscriptionID
            push.metrics = Self.metrics
            #expect(try client.ask(push, version: 0).errorCode == .none)
        }
        let logged = lines.matching("metrics of a client")
        #expect(!logged.isEmpty && logged.count < count)
        #expect(logged.allSatisfy { !$0.contains("\n") && $0.contains(#""a\nb""#) })
    }

    @Test("are of clients of which a bound part of what they call themselves is kept")
    func kept() {
        let long = String(repeating: "ä", count: 10_000)
        #expect(TelemetryClient.kept("app") == "app")
        #expect(TelemetryClient.kept(long) == String(repeating: "ä", count: 512))
    }

    @Test("are not there where metrics are not wanted")
    func unwanted() throws {
        let broker = try TestBroker()
        let client = try broker.client()
        let keys = try client.ask(ApiVersionsRequest(), version: 3).apiKeys.map(\.apiKey)
        #expect(!keys.contains(71) && !keys.contains(72) && keys.contains(74))
        try client.post(GetTelemetrySubscriptionsRequest(), version: 0)
        #expect(client.isClosed())
    }
}
