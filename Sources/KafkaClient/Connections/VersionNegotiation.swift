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
        let response = try decode(frame)
        switch response.errorCode {
        case .none: return .done(NegotiatedVersions(response))
        case .unsupportedVersion where !hasFallenBack:
            hasFallenBack = true
            let own = response.apiKeys.first { $0.apiKey == ApiKey.apiVersions.rawValue }
            // Brokers that tell no range know version 0.
            version = max(0, min(own?.maxVersion ?? 0, version - 1))
            return .ask(version: version)
        default: throw .refused(response.errorCode)
        }
    }

    private func decode(_ frame: RawSpan) throws(ConnectionError.Reason) -> ApiVersionsResponse {
        do throws(ProtocolError) {
            let header = try ResponseHeader(
                decoding: frame, apiKey: .apiVersions, apiVersion: version)
            let refusal = try? ApiVersionsResponse(decoding: frame, header: header, version: 0)
            if let refusal, refusal.errorCode == .unsupportedVersion { return refusal }
            return try ApiVersionsResponse(decoding: frame, header: header, version: version)
        } catch {
            throw .badMessage(error)
        }
    }
}
