// DeleteAcls, versions 1–3. What is answered as taken away is so durably. Deviations from Kafka: an ACL that several
// filters match is told of with the first, which bounds the answer; and a request has 1,000 filters at most.

import CommitLog
import KafkaProtocol

struct DeleteAclsHandler: RequestHandler {
    /// Each looks at all ACLs.
    private static let mostFilters = 1000

    let authorizer: Authorizer?
    let control: ControlThread

    func handle(
        _ request: DeleteAclsRequest, _ context: RequestContext, _ reply: Reply<DeleteAclsResponse>
    ) {
        guard context.allowsCluster() else { return reply(refused(request, .clusterDenied)) }
        guard let authorizer else { return reply(refused(request, .noAuthorizer)) }
        guard request.filters.count <= Self.mostFilters else {
            return reply(
                refused(
                    request,
                    Refusal(
                        .invalidRequest, "A request has \(Self.mostFilters) filters at most.")))
        }
        control.answer(reply) { refusal in
            refused(request, refusal)
        } with: {
            do throws(LogError) {
                return try delete(request, from: authorizer)
            } catch {
                return refused(request, Refusal(error))
            }
        }
    }

    private func delete(
        _ request: DeleteAclsRequest, from authorizer: Authorizer
    ) throws(LogError) -> DeleteAclsResponse {
        let filters = request.filters.map { asked -> Result<AclFilter, Refusal> in
            let filter = AclFilter(
                resourceType: asked.resourceTypeFilter, resourceName: asked.resourceNameFilter,
                patternType: asked.patternTypeFilter, principal: asked.principalFilter,
                host: asked.hostFilter, operation: asked.operation,
                permissionType: asked.permissionType)
            do throws(Refusal) {
                try filter.validate()
                return .success(filter)
            } catch {
                return .failure(error)
            }
        }
        var removed = try authorizer.remove(filters.compactMap { try? $0.get() })[...]
        var response = DeleteAclsResponse()
        response.filterResults = filters.map { filter in
            if case .failure(let refusal) = filter { return Self.result(refusal) }
            var result = DeleteAclsResponse.FilterResult()
            result.matchingAcls = (removed.popFirst() ?? []).listed.map(Self.matching)
            return result
        }
        return response
    }

    private static func matching(_ acl: Acl) -> DeleteAclsResponse.MatchingAcl {
        var matching = DeleteAclsResponse.MatchingAcl()
        matching.resourceType = acl.resourceType
        matching.resourceName = acl.resourceName
        matching.patternType = acl.patternType
        matching.principal = acl.principal
        matching.host = acl.host
        matching.operation = acl.operation
        matching.permissionType = acl.permissionType
        return matching
    }

    private static func result(_ refusal: Refusal) -> DeleteAclsResponse.FilterResult {
        var result = DeleteAclsResponse.FilterResult()
        result.errorCode = refusal.code
        result.errorMessage = refusal.message
        return result
    }

    private func refused(_ request: DeleteAclsRequest, _ refusal: Refusal) -> DeleteAclsResponse {
        var response = DeleteAclsResponse()
        response.filterResults = request.filters.map { _ in Self.result(refusal) }
        return response
    }
}
