// AlterClientQuotas, versions 0–1. As in Kafka, an entity whose changes are refused in part is not changed at all,
// and the others are. Addresses are numeric; Kafka also takes names of hosts.

import CommitLog
import KafkaProtocol

struct AlterClientQuotasHandler: RequestHandler {
    /// So many entities may have quotas: each is written down with every change.
    static let maximumEntityCount = 10_000

    let quotas: ClientQuotas
    let control: ControlThread

    func handle(
        _ request: AlterClientQuotasRequest, _ context: RequestContext,
        _ reply: Reply<AlterClientQuotasResponse>
    ) {
        guard context.allowsCluster() else {
            return reply(response(request, request.entries.map { _ in .clusterDenied }))
        }
        control.answer(reply) { refusal in
            response(request, request.entries.map { _ in refusal })
        } with: {
            response(request, alter(request))
        }
    }

    private func alter(_ request: AlterClientQuotasRequest) -> [Refusal?] {
        let before = quotas.table
        var table = before
        var seen: Set<QuotaEntity> = []
        var refusals = request.entries.map { entry -> Refusal? in
            do throws(Refusal) {
                let entity = try QuotaEntity(entry.entity)
                guard seen.insert(entity).inserted else {
                    throw Refusal(.invalidRequest, "Each entity may be named once.")
                }
                let values = try table.values(of: entity, after: entry.ops)
                guard
                    values.isEmpty || !table[entity].isEmpty
                        || table.quotas.count < Self.maximumEntityCount
                else {
                    throw Refusal(
                        .policyViolation,
                        "There are quotas for \(Self.maximumEntityCount) entities: remove some first."
                    )
                }
                table[entity] = values
                return nil
            } catch {
                return error
            }
        }
        guard !request.validateOnly, table != before else { return refusals }
        do throws(LogError) {
            try quotas.alter(to: table)
        } catch {
            let refusal = Refusal(error)
            refusals = refusals.map { $0 ?? refusal }
        }
        return refusals
    }

    private func response(
        _ request: AlterClientQuotasRequest, _ refusals: [Refusal?]
    ) -> AlterClientQuotasResponse {
        var response = AlterClientQuotasResponse()
        response.entries = zip(request.entries, refusals).map { asked, refusal in
            var entry = AlterClientQuotasResponse.Entry()
            entry.errorCode = refusal?.code ?? .none
            entry.errorMessage = refusal?.message
            entry.entity = asked.entity
            return entry
        }
        return response
    }
}
