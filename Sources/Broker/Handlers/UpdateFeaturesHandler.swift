// UpdateFeatures, versions 0–2. Features are at their highest levels and stay there: an update to the
// level that there is succeeds, and any other is refused, with Kafka's words where it has some.

import KafkaProtocol

struct UpdateFeaturesHandler: RequestHandler {
    /// Of `UpgradeType`: upgrades, downgrades without loss, and with it.
    private static let upgradeTypes: ClosedRange<Int8> = 1...3

    func handle(
        _ request: UpdateFeaturesRequest, _ context: RequestContext,
        _ reply: Reply<UpdateFeaturesResponse>
    ) {
        var response = UpdateFeaturesResponse()
        guard context.allowsCluster() else {
            response.errorCode = .clusterAuthorizationFailed
            response.errorMessage = Refusal.clusterDenied.message
            return reply(response)
        }
        do throws(Refusal) {
            var seen: Set<String> = []
            for update in request.featureUpdates {
                guard seen.insert(update.feature).inserted else {
                    throw Refusal(.invalidRequest, "The feature \(update.feature) is named twice.")
                }
                try check(update, context.version)
            }
            response.results = request.featureUpdates.map { update in
                var result = UpdateFeaturesResponse.Result()
                result.feature = update.feature
                return result
            }
        } catch {
            response.errorCode = error.code
            response.errorMessage =
                "The update failed for all features since the following feature had an error: "
                + error.message
        }
        reply(response)
    }

    private func check(
        _ update: UpdateFeaturesRequest.FeatureUpdate, _ version: Int16
    ) throws(Refusal) {
        let (name, level) = (update.feature, update.maxVersionLevel)
        guard let feature = BrokerFeature.all.first(where: { $0.name == name }) else {
            throw Refusal(
                .invalidUpdateVersion,
                "Invalid update version \(level) for feature \(name). This broker does not support "
                    + "this feature.")
        }
        guard Self.upgradeTypes.contains(update.upgradeType) || version == 0 else {
            throw Refusal(
                .invalidUpdateVersion,
                "Invalid update version \(level) for feature \(name). The controller does not "
                    + "support the given upgrade type.")
        }
        guard (0...feature.level).contains(level) else {
            throw Refusal(
                .invalidUpdateVersion,
                "Invalid update version \(level) for feature \(name). This broker only supports "
                    + "versions 0-\(feature.level).")
        }
        guard level == feature.level else {
            throw Refusal(
                .invalidUpdateVersion,
                "Invalid update version \(level) for feature \(name). Weir keeps it at "
                    + "\(feature.level).")
        }
    }
}
