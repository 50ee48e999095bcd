// ApiVersions, versions 0–4. An unknown version is answered in version 0 with UNSUPPORTED_VERSION
// and, as in Kafka, all ranges. The answer lists no features, since there are none to negotiate.

import KafkaProtocol

struct ApiVersionsHandler: RequestHandler {
    let ranges: [ApiVersionsResponse.VersionRange]

    func handle(
        _ request: ApiVersionsRequest, _ context: RequestContext,
        _ reply: Reply<ApiVersionsResponse>
    ) {
        var response = ApiVersionsResponse()
        response.apiKeys = ranges
        reply(response)
    }

    static func unsupportedVersion(_ dispatch: RequestDispatch) -> ApiVersionsResponse {
        var response = ApiVersionsResponse()
        response.errorCode = .unsupportedVersion
        response.apiKeys = dispatch.ranges
        return response
    }

    /// In order of keys.
    static func ranges(of keys: [ApiKey]) -> [ApiVersionsResponse.VersionRange] {
        keys.sorted { $0.rawValue < $1.rawValue }.map { key in
            var range = ApiVersionsResponse.VersionRange()
            range.apiKey = key.rawValue
            range.minVersion = key.advertisedVersions.lowerBound
            range.maxVersion = key.advertisedVersions.upperBound
            return range
        }
    }
}
