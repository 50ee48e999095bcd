// CreateAcls, versions 1–3. What is answered as created is durable. Deviations from Kafka: there are weir.max.acls at
// most, an ACL has a bounded size, and a principal without a type is refused.

import CommitLog
import KafkaProtocol

struct CreateAclsHandler: RequestHandler {
    let authorizer: Authorizer?
    let control: ControlThread

    func handle(
        _ request: CreateAclsRequest, _ context: RequestContext, _ reply: Reply<CreateAclsResponse>
    ) {
        guard context.allowsCluster() else { return reply(response(to: request, .clusterDenied)) }
        guard let authorizer else { return reply(response(to: request, .noAuthorizer)) }
        control.answer(reply) { refusal in
            response(to: request, refusal)
        } with: {
            let acls = request.creations.map { asked in
                Acl(
                    resourceType: asked.resourceType, patternType: asked.resourcePatternType,
                    resourceName: asked.resourceName, principal: asked.principal, host: asked.host,
                    operation: asked.operation, permissionType: asked.permissionType)
            }
            do throws(LogError) {
                return response(try authorizer.add(acls))
            } catch {
                return response(to: request, Refusal(error))
            }
        }
    }

    private func response(
        to request: CreateAclsRequest, _ refusal: Refusal
    ) -> CreateAclsResponse {
        response(request.creations.map { _ in refusal })
    }

    private func response(_ refusals: [Refusal?]) -> CreateAclsResponse {
        var response = CreateAclsResponse()
        response.results = refusals.map { refusal in
            var result = CreateAclsResponse.Result()
            result.errorCode = refusal?.code ?? .none
            result.errorMessage = refusal?.message
            return result
        }
        return response
    }
}
