import KafkaProtocol
import NIOCore

/// The first exchange of a connection: which versions the broker has (KIP-511).
///
/// The client asks in its highest version. A broker that does not know it answers in version 0, with
/// UNSUPPORTED_VERSION and its ranges, and is asked once more in the highest version of both.
struct VersionNegotiation {
    enum Step: Equatable {
        case ask(version: Int16)
        case done(NegotiatedVersions)
    }

    private(set) var version = ApiKey.apiVersions.servedVersions.upperBound
    private var hasFallenBack = false

    static var request: ApiVersionsRequest {
        var request = ApiVersionsRequest()
        request.clientSoftwareName = "weir"
        request.clientSoftwareVersion = "1"
        return request
    }

    /// What follows from the answer, a whole frame.
    mutating func receive(_ frame: RawSpan) throws(ConnectionError.Reason) -> Step {
        let code: ErrorCode
        do throws(ProtocolError) {
            let header = try ResponseHeader(
                decoding: frame, apiKey: .apiVersions, apiVersion: version)
            if try isRefusal(frame, header) { return fallBack(frame, header) }
            let response = try ApiVersionsResponse(
                decoding: frame, header: header, version: version)
            if response.errorCode == .none { return .done(NegotiatedVersions(response)) }
            code = response.errorCode
        } catch {
            throw .badMessage(error)
        }
        throw .refused(code)
    }

    /// Every version begins with the error code.
    private func isRefusal(
        _ frame: RawSpan, _ header: ResponseHeader
    ) throws(ProtocolError) -> Bool {
        var reader = FieldReader(
            frame, at: header.bodyPosition, message: ApiVersionsResponse.self, version: 0,
            isFlexible: false)
        var code = ErrorCode.none
        try reader.field("ErrorCode", &code)
        return code == .unsupportedVersion && !hasFallenBack
    }

    /// The highest version of both; 0, which all brokers have, where the refusal does not tell.
    private mutating func fallBack(_ frame: RawSpan, _ header: ResponseHeader) -> Step {
        hasFallenBack = true
        let response = try? ApiVersionsResponse(decoding: frame, header: header, version: 0)
        let own = response?.apiKeys.first { $0.apiKey == ApiKey.apiVersions.rawValue }
        version = max(0, min(own?.maxVersion ?? 0, version - 1))
        return .ask(version: version)
    }
}
