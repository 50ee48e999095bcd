import CommitLog
import KafkaProtocol
import RecordFormat

@testable import Broker

/// A broker whose handlers are called directly.
final class AdministrationFixture {
    let test: TestBroker
    var broker: Broker { test.broker }
    var log: LogDirectory { test.broker.log }

    init(_ settings: [String: String] = [:], directory: String? = nil) throws {
        test = try TestBroker(settings, directory: directory)
    }

    /// What the handler replies to a request of this version; by default of the latest.
    func ask<Handler: RequestHandler>(
        _ make: (Broker) -> Handler, _ request: Handler.Body, version: Int16? = nil
    ) async -> Handler.Body.Response {
        let key = Handler.Body.apiKey
        let header = RequestHeader(
            apiKey: key, apiVersion: version ?? key.servedVersions.upperBound, correlationID: 1,
            clientID: "test")
        let context = RequestContext(
            header: header, connection: ConnectionID(rawValue: 1), clientHost: "/127.0.0.1",
            localPort: 9092, advertised: Endpoint(host: "kafka.test", port: 1234))
        let handler = make(broker)
        return await withCheckedContinuation { continuation in
            handler.handle(request, context, Reply { continuation.resume(returning: $0) })
        }
    }

    func create(
        _ topics: [CreateTopicsRequest.Topic], validateOnly: Bool = false
    ) async -> [CreateTopicsResponse.Topic] {
        var request = CreateTopicsRequest()
        request.topics = topics
        request.validateOnly = validateOnly
        return await ask(CreateTopicsHandler.init, request).topics
    }

    static func topic(
        _ name: String, partitions: Int32 = 1, replication: Int16 = 1,
        assignments: [[Int32]] = [], configs: [(String, String?)] = []
    ) -> CreateTopicsRequest.Topic {
        var topic = CreateTopicsRequest.Topic()
        topic.name = name
        topic.numPartitions = partitions
        topic.replicationFactor = replication
        topic.assignments = assignments.enumerated().map { index, brokers in
            var assignment = CreateTopicsRequest.Assignment()
            assignment.partitionIndex = Int32(index)
            assignment.brokerIDs = brokers
            return assignment
        }
        topic.configs = configs.map { name, value in
            var config = CreateTopicsRequest.Config()
            config.name = name
            config.value = value
            return config
        }
        return topic
    }
}
