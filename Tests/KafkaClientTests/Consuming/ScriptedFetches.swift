import KafkaProtocol
import RecordFormat

@testable import KafkaClient

extension ScriptedBroker {
    /// The answer to a Fetch of the one partition of `orders`, without records.
    static func fetchResponse(_ code: ErrorCode = .none) -> FetchResponse {
        var part = FetchResponse.Partition()
        part.errorCode = code
        part.highWatermark = Offset(100)
        var topic = FetchResponse.Topic()
        topic.topic = "orders"
        topic.partitions = [part]
        var response = FetchResponse()
        response.responses = [topic]
        return response
    }
}

extension ScriptedBroker.Received {
    /// The frame of `response` with these records in its first partition.
    func answered(
        byFetch response: FetchResponse, _ records: [UInt8] = []
    ) throws -> ScriptedBroker.Reply {
        var response = response
        if !records.isEmpty {
            response.responses[0].partitions[0].records = RecordsRange(
                position: 0, byteCount: records.count)
        }
        var writer = FieldWriter()
        try writer.append(
            response, version: header.apiVersion, correlationID: header.correlationID)
        return .send(unsafe writer.joined(with: records.span.bytes))
    }
}
