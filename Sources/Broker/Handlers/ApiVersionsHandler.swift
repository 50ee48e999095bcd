// ApiVersions, versions 0–4. An unknown version is answered in version 0 with UNSUPPORTED_VERSION
// and, as in Kafka, all ranges. The answer lists the finalised features, which nobody can change.

import KafkaProtocol

struct ApiVersionsHandler: RequestHandler {
    let ranges: [ApiVersionsResponse.VersionRange]

    /// From here on a feature may support level 0, which clients before take for an error (KAFKA-17011).
    private static let firstVersionWithLevelZero: Int16 = 4

    func handle(
        _ request: ApiVersionsRequest, _ context: RequestContext,
        _ reply: Reply<ApiVersionsResponse>
    ) {
        var response = ApiVersionsResponse()
        response.apiKeys = ranges
        if context.version >= Self.firstVersionWithLevelZero {
            response.supportedFeatures = BrokerFeature.all.map { feature in
                var supported = ApiVersionsResponse.SupportedFeature()
                supported.name = feature.name
                supported.maxVersion = feature.level
                return supported
            }
        }
        // Nothing changes, so their epoch is always the same.
        response.finalizedFeaturesEpoch = 0
        response.finalizedFeatures = BrokerFeature.all.map { feature in
            var finalized = ApiVersionsResponse.FinalizedFeature()
            finalized.name = feature.name
            finalized.maxVersionLevel = feature.level
            finalized.minVersionLevel = feature.level
            return finalized
        }
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
