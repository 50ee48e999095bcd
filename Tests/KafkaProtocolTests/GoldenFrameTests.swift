import Foundation
import KafkaProtocol
import Testing

/// Frames that other implementations wrote, with what other implementations read in them; see
/// `Golden/README.md`.
@Suite
struct GoldenFrameTests {
    struct Golden: CustomTestStringConvertible {
        var name: String
        var frame: [UInt8]
        var values: NSDictionary

        var version: Int16 { number("bodyVersion") ?? number("apiVersion") ?? -1 }
        var isRequest: Bool { values["direction"] as? String == "request" }
        var isReencoded: Bool { values["reencodesIdentically"] as? Bool ?? true }
        /// `nil` for those that Weir does not speak, or not in that version.
        var apiKey: ApiKey? {
            guard let apiKey = number("apiKey").flatMap({ ApiKey(rawValue: $0) }),
                apiKey.codedVersions.contains(version)
            else { return nil }
            return apiKey
        }

        func number(_ key: String) -> Int16? { (values[key] as? NSNumber)?.int16Value }

        var testDescription: String { name }
    }

    static let directory = Bundle.module.url(forResource: "Golden", withExtension: nil)

    static func clients() throws -> [String] {
        let directory = try #require(directory)
        return try FileManager.default.contentsOfDirectory(atPath: directory.path)
            .filter { !$0.hasSuffix(".md") }.sorted()
    }

    static func frames(of client: String) throws -> [Golden] {
        let folder = try #require(directory).appendingPathComponent(client)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .filter { $0.hasSuffix(".bin") }
            .map { name in
                let file = folder.appendingPathComponent(name)
                let json = try Data(
                    contentsOf: file.deletingPathExtension().appendingPathExtension("json"))
                return Golden(
                    name: "\(client)/\(name)", frame: Array(try Data(contentsOf: file)),
                    values: try #require(
                        try JSONSerialization.jsonObject(with: json) as? NSDictionary))
            }
    }

    @Test(arguments: try clients())
    func `what others wrote is read as others read it, and written the same`(
        _ client: String
    ) throws {
        var readCount = 0
        for golden in try Self.frames(of: client) {
            guard let apiKey = golden.apiKey else { continue }
            readCount += 1
            do {
                try check(golden, apiKey.request)
            } catch {
                Issue.record("\(golden.name): \(error)")
            }
        }
        #expect(readCount > 0)
        print("\(client): \(readCount) frames")
    }

    @Test
    func `every served version has a request and a response of another's`() throws {
        var seen: Set<String> = []
        for client in try Self.clients() {
            for golden in try Self.frames(of: client) {
                guard let apiKey = golden.apiKey else { continue }
                seen.insert("\(apiKey) v\(golden.version) \(golden.isRequest)")
            }
        }
        for apiKey in ApiKey.allCases {
            for version in apiKey.servedVersions {
                #expect(seen.contains("\(apiKey) v\(version) true"), "\(apiKey) v\(version)")
                #expect(seen.contains("\(apiKey) v\(version) false"), "\(apiKey) v\(version)")
            }
        }
    }

    private func check<Body: Request>(_ golden: Golden, _ type: Body.Type) throws {
        let frame = golden.frame
        var writer = FieldWriter()
        if golden.isRequest {
            let header = try unsafe RequestHeader(decoding: frame.span.bytes)
            let theirs = golden.values["header"] as? NSDictionary
            #expect(header.rawApiKey == golden.number("apiKey"))
            #expect(header.correlationID == (theirs?["correlationId"] as? NSNumber)?.int32Value)
            #expect(header.clientID == theirs?["clientId"] as? String)
            let body = try unsafe Body(decoding: frame.span.bytes, header: header)
            try compare(body, golden)
            try writer.append(
                body, version: golden.version, correlationID: header.correlationID,
                clientID: header.clientID)
        } else {
            let header = try unsafe ResponseHeader(
                decoding: frame.span.bytes, apiKey: Body.apiKey,
                apiVersion: golden.number("apiVersion") ?? -1)
            let body = try unsafe Body.Response(
                decoding: frame.span.bytes, header: header, version: golden.version)
            try compare(body, golden)
            try writer.append(
                body, version: golden.version, correlationID: header.correlationID)
        }
        guard golden.isReencoded else { return }
        let written = unsafe writer.joined(with: frame.span.bytes)
        #expect(Array(written.dropFirst(FrameLength.byteCount)) == frame, "\(golden.name)")
    }

    private func compare(_ body: some Message, _ golden: Golden) throws {
        let ours = try JSONFields.render(body, version: golden.version, frame: golden.frame)
        let differences = JSONFields.differences(ours, golden.values["body"] as? NSDictionary)
        #expect(differences == [], "\(golden.name)")
    }
}
