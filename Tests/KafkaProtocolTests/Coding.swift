import KafkaProtocol
import Testing

/// Every API at every version that is coded.
struct ApiVersion: CustomTestStringConvertible {
    var apiKey: ApiKey
    var version: Int16

    static let all = ApiKey.allCases.flatMap { apiKey in
        apiKey.codedVersions.map { ApiVersion(apiKey: apiKey, version: $0) }
    }

    var testDescription: String { "\(apiKey) v\(version)" }
}

/// A request or a response as a frame, without the length in front.
struct EncodedMessage {
    var frame: [UInt8]
    /// Reads the frame of this kind of message, header and all, and writes it again.
    var recode: (_ frame: [UInt8]) throws -> [UInt8]

    init<Body: Request>(request: Body, version: Int16) throws {
        var writer = FieldWriter()
        try writer.append(request, version: version, correlationID: 7, clientID: "c")
        frame = whole(writer, source: SampleFields.recordsSource)
        recode = { frame in
            let header = try unsafe RequestHeader(decoding: frame.span.bytes)
            let read = try unsafe Body(decoding: frame.span.bytes, header: header)
            var writer = FieldWriter()
            try writer.append(
                read, version: version, correlationID: header.correlationID,
                clientID: header.clientID)
            return whole(writer, source: frame)
        }
    }

    init<Body: Response>(response: Body, version: Int16) throws {
        var writer = FieldWriter()
        try writer.append(response, version: version, correlationID: 7)
        frame = whole(writer, source: SampleFields.recordsSource)
        recode = { frame in
            let header = try unsafe ResponseHeader(
                decoding: frame.span.bytes, apiKey: Body.apiKey, apiVersion: version)
            let read = try unsafe Body(
                decoding: frame.span.bytes, header: header, version: version)
            var writer = FieldWriter()
            try writer.append(read, version: version, correlationID: header.correlationID)
            return whole(writer, source: frame)
        }
    }

    /// A made-up request and response.
    static func samples(
        _ api: ApiVersion, from generator: inout SeededGenerator, largestCount: Int = 3
    ) throws -> [EncodedMessage] {
        func pair<Body: Request>(_ type: Body.Type) throws -> [EncodedMessage] {
            let request = try SampleFields.message(
                Body.self, version: api.version, from: &generator, largestCount: largestCount)
            let response = try SampleFields.message(
                Body.Response.self, version: api.version, from: &generator,
                largestCount: largestCount)
            return [
                try EncodedMessage(request: request, version: api.version),
                try EncodedMessage(response: response, version: api.version),
            ]
        }
        return try pair(api.apiKey.request)
    }
}

/// The frame that `writer` holds, after its length, which is checked.
private func whole(_ writer: borrowing FieldWriter, source: [UInt8]) -> [UInt8] {
    let frame = unsafe writer.joined(with: source.span.bytes)
    #expect(frame.count == writer.byteCount)
    let length = try? unsafe FrameLength.read(from: frame.span.bytes, maximum: .max)
    #expect(length == frame.count - FrameLength.byteCount)
    return Array(frame.dropFirst(FrameLength.byteCount))
}
