import KafkaProtocol
import Testing

@Suite
struct RoundTripTests {
    @Test(arguments: ApiVersion.all)
    func `whatever is written reads the same, and is written the same again`(
        _ api: ApiVersion
    ) throws {
        var generator = SeededGenerator(test: "round trip of \(api.testDescription)")
        for _ in 0..<20 {
            for sample in try EncodedMessage.samples(api, from: &generator) {
                #expect(try sample.recode(sample.frame) == sample.frame)
            }
        }
    }

    @Test(arguments: ApiVersion.all)
    func `a message without records equals the one that is read`(_ api: ApiVersion) throws {
        var generator = SeededGenerator(test: "equality of \(api.testDescription)")
        func check<Body: Request>(_ type: Body.Type) throws {
            let request = try SampleFields.message(
                Body.self, version: api.version, from: &generator)
            let response = try SampleFields.message(
                Body.Response.self, version: api.version, from: &generator)
            try expectEqual(request, version: api.version)
            try expectEqual(response, version: api.version)
        }
        for _ in 0..<5 { try check(api.apiKey.request) }
    }

    private func expectEqual<Body: Message>(_ body: Body, version: Int16) throws {
        var writer = FieldWriter()
        var position = 0
        if let request = body as? any Request {
            try writer.append(request, version: version, correlationID: 0, clientID: nil)
            position = Body.apiKey.requestHeaderVersion(version) == 2 ? 11 : 10
        } else if let response = body as? any Response {
            try writer.append(response, version: version, correlationID: 0)
            position = 4 + Int(Body.apiKey.responseHeaderVersion(version))
        }
        guard writer.splices.isEmpty else { return }
        let frame = Array(writer.bytes.dropFirst(FrameLength.byteCount))
        let read = try unsafe Body(decoding: frame.span.bytes, at: position, version: version)
        // Where the records of a sample are is lost where there are none.
        guard Body.apiKey != .produce && Body.apiKey != .fetch else { return }
        #expect(read == body)
    }

    @Test
    func `several frames follow one another in one buffer`() throws {
        var writer = FieldWriter()
        var request = HeartbeatRequest()
        request.groupID = "g"
        try writer.append(request, version: 0, correlationID: 1, clientID: nil)
        let first = writer.bytes
        try writer.append(request, version: 0, correlationID: 1, clientID: nil)
        #expect(writer.bytes == first + first)
        writer.removeAll()
        #expect(writer.byteCount == 0)
    }

    @Test
    func `a frame that cannot be written leaves nothing behind`() throws {
        var writer = FieldWriter()
        try writer.append(HeartbeatRequest(), version: 0, correlationID: 1, clientID: nil)
        let before = writer.bytes
        var produce = ProduceRequest()
        var topic = ProduceRequest.Topic()
        var partition = ProduceRequest.Partition()
        partition.records = RecordsRange(position: 0, byteCount: 10)
        topic.partitionData = [partition]
        produce.topicData = [topic, topic]
        produce.topicData[1].name = String(repeating: "x", count: 32_768)
        let tooLong = #expect(throws: ProtocolError.self) {
            try writer.append(produce, version: 9, correlationID: 2, clientID: "c")
        }
        #expect(tooLong?.field == "Name")
        #expect(tooLong?.reason == .invalidLength(32_768))
        var join = JoinGroupResponse()
        join.protocolName = nil
        let null = #expect(throws: ProtocolError.self) {
            try writer.append(join, version: 6, correlationID: 3)
        }
        #expect(null?.reason == .unexpectedNull)
        let version = #expect(throws: ProtocolError.self) {
            try writer.append(join, version: 10, correlationID: 3)
        }
        #expect(version?.reason == .unsupportedVersion)
        #expect(writer.bytes == before)
        #expect(writer.splices.isEmpty)
        #expect(writer.byteCount == before.count)
        try writer.append(join, version: 7, correlationID: 3)
    }
}
