import AllocationCounter
import KafkaProtocol
import Testing

@Suite
struct HostileMessageTests {
    @Test
    func `text that is no UTF-8 is read as Kafka reads it, as far as it can be written again`()
        throws
    {
        func read(_ bytes: [UInt8]) throws -> String {
            var reader = unsafe FieldReader(
                bytes.span.bytes, message: FetchRequest.self, version: 4, isFlexible: false)
            var text = ""
            try reader.field("Field", &text)
            return text
        }
        #expect(try read([0, 2, 0xc3, 0x28]) == "\u{fffd}(")
        #expect(try read([0, 3, 0x61, 0xff, 0x62]) == "a\u{fffd}b")
        // Three bytes for one.
        let error = #expect(throws: ProtocolError.self) {
            try read([0x2a, 0xf8] + [UInt8](repeating: 0xff, count: 11_000))
        }
        #expect(error?.reason == .invalidLength(33_000))
    }

    @Test(arguments: ApiVersion.all)
    func `every truncation is refused`(_ api: ApiVersion) throws {
        var generator = SeededGenerator(test: "truncation of \(api.testDescription)")
        for sample in try EncodedMessage.samples(api, from: &generator, largestCount: 2) {
            for byteCount in 0..<sample.frame.count {
                #expect(throws: ProtocolError.self) {
                    try sample.recode(Array(sample.frame.prefix(byteCount)))
                }
            }
        }
    }

    /// For each byte of the frame; what is written again of what was read is in it.
    static let allocatedPerByte = 128
    /// For errors' words, small arrays, and what the runtime makes at the first use of a type.
    static let allocatedAnyway = 64 << 10

    @Test(arguments: ApiVersion.all)
    func `a changed byte neither crashes nor takes much memory`(_ api: ApiVersion) throws {
        var generator = SeededGenerator(test: "mutation of \(api.testDescription)")
        for sample in try EncodedMessage.samples(api, from: &generator, largestCount: 2) {
            for position in sample.frame.indices {
                let random = UInt8.random(in: 0...255, using: &generator)
                for byte in [0, 1, 0x7f, 0x80, 0xff, random] {
                    var frame = sample.frame
                    frame[position] = byte
                    let before = allocated_byte_count()
                    // A changed error code or null may not be what is written: both are fine here.
                    _ = try? sample.recode(frame)
                    let allocated = Int(allocated_byte_count() - before)
                    #expect(
                        allocated <= Self.allocatedPerByte * frame.count + Self.allocatedAnyway,
                        "byte \(position) of \(frame.count) changed to \(byte)")
                }
            }
        }
    }

    /// The reader of what stands in `bytes`, in a version that is flexible or not.
    private func refuses<Value: FieldElement>(
        _ reason: ProtocolError.Reason, _ type: Value.Type, _ bytes: [UInt8],
        isFlexible: Bool = false, at position: Int = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let before = allocated_byte_count()
        let error = #expect(throws: ProtocolError.self, sourceLocation: sourceLocation) {
            var reader = unsafe FieldReader(
                bytes.span.bytes, message: FetchRequest.self, version: 4, isFlexible: isFlexible)
            var value = Value()
            try reader.field("Field", &value)
        }
        #expect(allocated_byte_count() - before < 100_000, sourceLocation: sourceLocation)
        #expect(error?.reason == reason, sourceLocation: sourceLocation)
        #expect(error?.position == position, sourceLocation: sourceLocation)
        #expect(error?.message == "FetchRequest", sourceLocation: sourceLocation)
        #expect(error?.version == 4, sourceLocation: sourceLocation)
        #expect(error?.field == "Field", sourceLocation: sourceLocation)
    }

    @Test
    func `each way in which a field can be wrong has its error`() {
        let most: [UInt8] = [0x7f, 0xff, 0xff, 0xff]
        let rest = [UInt8](repeating: 0, count: 16)
        refuses(.truncated(needed: 4, available: 3), Int32.self, [0, 0, 0])
        refuses(.truncated(needed: 1, available: 0), Bool.self, [])
        // Counts of 2^31 − 1 in twenty bytes.
        refuses(
            .truncated(needed: 8 * 0x7fff_ffff, available: 16), [Int64].self, most + rest,
            at: 4)
        refuses(
            .truncated(needed: 0x7fff_ffff, available: 16), [String].self, most + rest, at: 4)
        refuses(
            .truncated(needed: 0x7fff_ffff, available: 16), OpaqueBytes.self, most + rest, at: 4)
        refuses(
            .truncated(needed: 0x7fff, available: 16), String.self, [0x7f, 0xff] + rest, at: 2)
        refuses(.invalidLength(-2), String.self, [0xff, 0xfe])
        refuses(.unexpectedNull, String.self, [0xff, 0xff])
        refuses(.unexpectedNull, [Int32].self, [0xff, 0xff, 0xff, 0xff])
        refuses(.invalidLength(-3), [Int32].self, [0xff, 0xff, 0xff, 0xfd])
        // The same in flexible versions.
        refuses(.unexpectedNull, String.self, [0], isFlexible: true)
        refuses(.unexpectedNull, OpaqueBytes.self, [0], isFlexible: true)
        refuses(
            .truncated(needed: 2, available: 1), String.self, [3, 0x61], isFlexible: true, at: 1)
        refuses(
            .truncated(needed: 0xffff_fffe, available: 0), [String].self,
            [0xff, 0xff, 0xff, 0xff, 0x0f], isFlexible: true, at: 5)
        refuses(.invalidLength(32_768), String.self, [0x81, 0x80, 2], isFlexible: true)
        refuses(
            .invalidVarint, String.self, [0x80, 0x80, 0x80, 0x80, 0x10], isFlexible: true)
        refuses(
            .invalidVarint, String.self, [0x80, 0x80, 0x80, 0x80, 0x80, 0], isFlexible: true)
        refuses(.truncated(needed: 1, available: 0), String.self, [0x80], isFlexible: true, at: 1)
    }

    @Test
    func `what a message may take in memory has a limit`() throws {
        let frame = [UInt8](repeating: 0, count: 4 + 1_000)
        var counted = frame
        counted[2] = 1  // 256 strings of no bytes
        let error = #expect(throws: ProtocolError.self) {
            var reader = unsafe FieldReader(
                counted.span.bytes, message: FetchRequest.self, version: 4, isFlexible: false,
                maximumDecodedByteCount: 4_095)
            var strings: [String] = []
            try reader.field("Field", &strings)
        }
        #expect(error?.reason == .tooLarge(limit: 4_095))
    }

    private func read(tags: [UInt8]) throws -> ApiVersionsResponse {
        // No error, no keys, no throttling; then the tagged fields.
        let frame: [UInt8] = [0, 0, 1, 0, 0, 0, 0] + tags
        return try unsafe ApiVersionsResponse(decoding: frame.span.bytes, at: 0, version: 3)
    }

    @Test
    func `unknown tagged fields are skipped, wrong ones refused`() throws {
        #expect(try read(tags: [0]) == ApiVersionsResponse())
        // Tag 1, the epoch, between others that nobody knows, and 3 after it.
        let epoch: [UInt8] = [1, 8, 0, 0, 0, 0, 0, 0, 0, 5]
        let known = try read(tags: [4] + epoch + [3, 1, 1, 9, 2, 7, 7, 0x80, 1, 0])
        #expect(known.finalizedFeaturesEpoch == 5)
        #expect(known.zkMigrationReady == true)
        #expect(known.supportedFeatures == nil)

        func reason(_ tags: [UInt8]) -> ProtocolError.Reason? {
            #expect(throws: ProtocolError.self) { try read(tags: tags) }?.reason
        }
        let zeros = [UInt8](repeating: 0, count: 9)
        let endless: [UInt8] = [0xff, 0xff, 0xff, 0xff, 0x0f, 9, 0]
        #expect(reason([2] + epoch + epoch) == .tagOutOfOrder(1))
        #expect(reason([1, 1, 9] + zeros) == .tagSizeMismatch(stated: 9, read: 8))
        #expect(reason([1, 1, 7] + zeros.prefix(7)) == .truncated(needed: 8, available: 7))
        #expect(reason([1, 9, 3, 0, 0]) == .truncated(needed: 3, available: 2))
        #expect(reason(endless) == .truncated(needed: 1, available: 0))
        #expect(reason([0, 0]) == .trailingBytes(1))
    }

    @Test
    func `what follows a request is not looked at`() throws {
        let frame: [UInt8] = [1, 1, 0, 9, 9]
        let request = try unsafe ListGroupsRequest(
            decoding: Array(frame[1...]).span.bytes, at: 0, version: 4)
        #expect(request == ListGroupsRequest())
    }

    @Test
    func `a version outside the table is refused`() {
        let frame = [UInt8](repeating: 0, count: 100)
        for version: Int16 in [-1, 18, .max] {
            let error = #expect(throws: ProtocolError.self) {
                try unsafe FetchRequest(decoding: frame.span.bytes, at: 0, version: version)
            }
            #expect(error?.reason == .unsupportedVersion)
        }
    }
}
