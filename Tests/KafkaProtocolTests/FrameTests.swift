import KafkaProtocol
import RecordFormat
import Testing

/// Frames worked out by hand from the protocol's description, byte for byte.
@Suite
struct FrameTests {
    private func frame(
        _ write: (inout FieldWriter) throws -> Void
    ) throws -> [UInt8] {
        var writer = FieldWriter()
        try write(&writer)
        return writer.bytes
    }

    @Test
    func `a request has header 1, and header 2 where it is flexible`() throws {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = "weir"
        request.clientSoftwareVersion = "1"
        #expect(
            try frame { try $0.append(request, version: 0, correlationID: 258, clientID: nil) } == [
                0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 1, 2, 0xff, 0xff,
            ])
        #expect(
            try frame { try $0.append(request, version: 3, correlationID: 1, clientID: "c") } == [
                0, 0, 0, 20, 0, 18, 0, 3, 0, 0, 0, 1,
                0, 1, 0x63,  // the client id keeps its classic length
                0,  // no tagged fields in the header
                5, 0x77, 0x65, 0x69, 0x72, 2, 0x31, 0,
            ])
    }

    @Test
    func `the response to ApiVersions has header 0 always, another flexible one header 1`() throws {
        var versions = ApiVersionsResponse()
        versions.errorCode = .unsupportedVersion
        var range = ApiVersionsResponse.VersionRange()
        range.apiKey = ApiKey.apiVersions.rawValue
        range.maxVersion = 4
        versions.apiKeys = [range]
        #expect(
            try frame { try $0.append(versions, version: 0, correlationID: 5) } == [
                0, 0, 0, 16, 0, 0, 0, 5, 0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 4,
            ])
        versions.errorCode = .none
        versions.finalizedFeaturesEpoch = 9
        #expect(
            try frame { try $0.append(versions, version: 3, correlationID: 5) } == [
                0, 0, 0, 29, 0, 0, 0, 5, 0, 0, 2, 0, 18, 0, 0, 0, 4, 0, 0, 0, 0, 0,
                1, 1, 8, 0, 0, 0, 0, 0, 0, 0, 9,
            ])
        #expect(
            try frame { try $0.append(HeartbeatResponse(), version: 4, correlationID: 5) } == [
                0, 0, 0, 12, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0,
            ])
    }

    @Test
    func `records are spliced in where the fetch response has them`() throws {
        var partition = FetchResponse.Partition()
        partition.partitionIndex = 1
        partition.highWatermark = Offset(2)
        partition.abortedTransactions = nil
        partition.records = RecordsRange(position: 1, byteCount: 3)
        var topic = FetchResponse.Topic()
        topic.topic = "t"
        topic.partitions = [partition]
        var response = FetchResponse()
        response.responses = [topic]
        let expected: [UInt8] = [
            0, 0, 0, 52, 0, 0, 0, 5, 0, 0, 0, 0,  // length, correlation id, throttle time
            0, 0, 0, 1, 0, 1, 0x74, 0, 0, 0, 1,  // one topic, one partition
            0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2,  // index, error, high watermark
            0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,  // last stable offset
            0xff, 0xff, 0xff, 0xff, 0, 0, 0, 3,  // no aborted transactions; records
            7, 8, 9,
        ]
        var writer = FieldWriter()
        try writer.append(response, version: 4, correlationID: 5)
        #expect(writer.splices.map(\.position) == [writer.bytes.count])
        let source: [UInt8] = [6, 7, 8, 9]
        #expect(unsafe writer.joined(with: source.span.bytes) == expected)
    }

    @Test
    func `the records of a produce request are a range of its frame`() throws {
        let bytes: [UInt8] = [
            0, 0, 0, 9, 0, 0, 0, 1, 0xff, 0xff, 0,  // header 2 without a client id
            0, 0xff, 0xff, 0, 0, 0x75, 0x30,  // no transaction, acks −1, 30,000 ms
            2, 2, 0x74, 2, 0, 0, 0, 3, 5, 1, 2, 3, 4, 0, 0, 0,
        ]
        let header = try unsafe RequestHeader(decoding: bytes.span.bytes)
        #expect(header.apiKey == .produce && header.isServed && header.bodyPosition == 11)
        let request = try unsafe ProduceRequest(decoding: bytes.span.bytes, header: header)
        #expect(request.acks == -1)
        #expect(request.timeoutMs == 30_000)
        #expect(request.topicData.map(\.name) == ["t"])
        let partition = try #require(request.topicData.first?.partitionData.first)
        #expect(partition.index == 3)
        #expect(try Array(bytes[#require(partition.records).range]) == [1, 2, 3, 4])
    }

    @Test
    func `a header of an unknown API or version is read so that it can be answered`() throws {
        let unserved: [(Int16, Int16)] = [(999, 0), (18, 99), (0, 2), (1, 18), (-1, -1)]
        for (key, version) in unserved {
            var bytes: [UInt8] = []
            for number in [key, version, 0, 7, 1] {
                bytes.append(UInt8(truncatingIfNeeded: number >> 8))
                bytes.append(UInt8(truncatingIfNeeded: number))
            }
            bytes += [0x63, 0, 1, 2, 3]
            let header = try unsafe RequestHeader(decoding: bytes.span.bytes)
            #expect(!header.isServed)
            #expect(header.correlationID == 7)
            #expect(header.clientID == "c")
        }
    }

    @Test
    func `a frame's length is checked before memory is taken for it`() throws {
        func length(_ bytes: [UInt8]) throws -> Int? {
            try unsafe FrameLength.read(from: bytes.span.bytes, maximum: 100)
        }
        #expect(try length([]) == nil)
        #expect(try length([0, 0, 0]) == nil)
        #expect(try length([0, 0, 0, 100, 1]) == 100)
        #expect(throws: FrameLengthError.tooLarge(101, maximum: 100)) {
            try length([0, 0, 0, 101])
        }
        #expect(FrameLengthError.tooLarge(0x4745_5420, maximum: 100).foreign == .http)
        #expect(FrameLengthError.tooLarge(0x1603_0102, maximum: 100).foreign == .tls)
        #expect(FrameLengthError.tooLarge(0x1605_0102, maximum: 100).foreign == nil)
        #expect(FrameLengthError.tooLarge(0x5353_482d, maximum: 100).foreign == .ssh)
        #expect(throws: FrameLengthError.tooLarge(0x4745_5420, maximum: 100)) {
            try length(Array("GET ".utf8))
        }
        #expect(throws: FrameLengthError.negative(-1)) { try length([255, 255, 255, 255]) }
    }

    @Test
    func `the values that no message has yet are coded as well`() throws {
        let bytes: [UInt8] = [
            0xff, 0xfe, 0xff, 0xff, 0xff, 0xfd, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0,
            0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        ]
        var reader = unsafe FieldReader(
            bytes.span.bytes, message: TopicID.self, version: 0, isFlexible: false)
        var short: UInt16 = 0
        var long: UInt32 = 0
        var double = 0.0
        var topic = TopicID.none
        try reader.field("short", &short)
        try reader.field("long", &long)
        try reader.field("double", &double)
        try reader.field("topic", &topic)
        try reader.finish()
        #expect(short == 0xfffe && long == 0xffff_fffd && double == 1.5)
        #expect(topic.mostSignificantBits == 0x0001_0203_0405_0607)
        #expect(topic.leastSignificantBits == 0x0809_0a0b_0c0d_0e0f)
        var writer = FieldWriter()
        try writer.field("short", &short)
        try writer.field("long", &long)
        try writer.field("double", &double)
        try writer.field("topic", &topic)
        #expect(writer.bytes == bytes)
        #expect(writer.splices.isEmpty)
    }
}
