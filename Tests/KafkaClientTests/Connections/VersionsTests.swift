import KafkaProtocol
import NIOCore
import RecordFormat
import Testing

@testable import KafkaClient

@Suite("A connection to Weir's broker")
struct VersionsTests {
    @Test("produces in every version that there is", arguments: ApiKey.produce.servedVersions)
    func produce(version: Int16) async throws {
        let broker = try RunningBroker()
        let log = try broker.broker.log.createTopic("orders", partitions: 1)[0]
        let connection = try await connect(to: broker.address)
        let batch = try TestBatch(["a", "b"])
        var partition = ProduceRequest.Partition()
        partition.records = RecordsRange(position: 0, byteCount: try batch.lent.byteCount)
        var topic = ProduceRequest.Topic()
        topic.name = "orders"
        topic.topicID = log.topicID
        topic.partitionData = [partition]
        var request = ProduceRequest()
        request.acks = -1
        request.timeoutMs = 1000
        request.topicData = [topic]
        let records = try unsafe ByteBuffer(
            lending: UnsafeRawBufferPointer(batch.lent.bytes))
        for offset: Int64 in [0, 2] {
            let response = try await connection.send(
                request, highestVersion: version, records: [records]
            ).get()
            #expect(response.version == version)
            let answer = response.body.responses[0].partitionResponses[0]
            #expect(answer.errorCode == .none)
            #expect(answer.baseOffset == Offset(offset))
        }
        try await connection.close().get()
        withExtendedLifetime(batch) {}
    }
}
