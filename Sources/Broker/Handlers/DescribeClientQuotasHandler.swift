// DescribeClientQuotas, versions 0–1. As in Kafka, a match of any name also finds the default.

import KafkaProtocol

struct DescribeClientQuotasHandler: RequestHandler {
    let quotas: ClientQuotas

    func handle(
        _ request: DescribeClientQuotasRequest, _ context: RequestContext,
        _ reply: Reply<DescribeClientQuotasResponse>
    ) {
        guard context.allowsCluster() else {
            var refused = DescribeClientQuotasResponse()
            refused.errorCode = .clusterAuthorizationFailed
            refused.errorMessage = Refusal.clusterDenied.message
            return reply(refused)
        }
        let table = quotas.table
        reply(isLarge: table.quotas.count > Self.largeCount) {
            var response = DescribeClientQuotasResponse()
            do throws(Refusal) {
                response.entries = try table.described(
                    by: request.components, strict: request.strict
                ).map { entity, values in
                    var entry = DescribeClientQuotasResponse.Entry()
                    entry.entity = entity.parts
                    entry.values = values.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                        var value = DescribeClientQuotasResponse.Value()
                        value.key = $0.key.rawValue
                        value.value = $0.value
                        return value
                    }
                    return entry
                }
            } catch {
                response.errorCode = error.code
                response.errorMessage = error.message
            }
            return response
        }
    }

    /// So many quotas are described on an event loop.
    private static let largeCount = 100
}
