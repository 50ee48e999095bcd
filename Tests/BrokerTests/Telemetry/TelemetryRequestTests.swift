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
        let lines = LinesKept()
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
        push.metrics = OpaqueBytes([0x0a, 7, 0x12, 5, 0x12, 3, 0x0a, 1, 0x78])
        #expect(try client.ask(push, version: 0).errorCode == .none)
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
