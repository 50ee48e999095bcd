// DescribeAcls, versions 1–3. No deviations from Kafka.

import KafkaProtocol

struct DescribeAclsHandler: RequestHandler {
    let authorizer: Authorizer?

    func handle(
        _ request: DescribeAclsRequest, _ context: RequestContext,
        _ reply: Reply<DescribeAclsResponse>
    ) {
        // There may be many.
        reply(isLarge: true) {
            do throws(Refusal) {
                return try response(to: request, context)
            } catch {
                var response = DescribeAclsResponse()
                response.errorCode = error.code
                response.errorMessage = error.message
                return response
            }
        }
    }

    private func response(
        to request: DescribeAclsRequest, _ context: RequestContext
    ) throws(Refusal) -> DescribeAclsResponse {
        guard context.allowsCluster() else { throw .clusterDenied }
        guard let authorizer else { throw .noAuthorizer }
        let filter = AclFilter(
            resourceType: request.resourceTypeFilter, resourceName: request.resourceNameFilter,
            patternType: request.patternTypeFilter, principal: request.principalFilter,
            host: request.hostFilter, operation: request.operation,
            permissionType: request.permissionType)
        try filter.validate()
        var response = DescribeAclsResponse()
        for acl in authorizer.acls.filter(filter.matches).listed {
            var resource = DescribeAclsResponse.Resource()
            resource.resourceType = acl.resourceType
            resource.resourceName = acl.resourceName
            resource.patternType = acl.patternType
            if let last = response.resources.last, last.isSame(as: resource) {
                resource = response.resources.removeLast()
            }
            var description = DescribeAclsResponse.Description()
            description.principal = acl.principal
            description.host = acl.host
            description.operation = acl.operation
            description.permissionType = acl.permissionType
            resource.acls.append(description)
            response.resources.append(resource)
        }
        return response
    }
}

extension DescribeAclsResponse.Resource {
    fileprivate func isSame(as other: Self) -> Bool {
        resourceType == other.resourceType && resourceName == other.resourceName
            && patternType == other.patternType
    }
}

extension Sequence<Acl> {
    /// In the order in which they are told: those of one pattern follow one another.
    var listed: [Acl] {
        map { ($0.order, $0) }.sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
    }
}

extension Refusal {
    static let noAuthorizer = Refusal(
        .securityDisabled, "No Authorizer is configured: set authorizer.class.name.")
}

extension RequestDispatch.Routes {
    mutating func addAcls(_ broker: Broker) {
        let (authorizer, control) = (broker.authorizer, broker.control)
        add { DescribeAclsHandler(authorizer: authorizer) }
        add { CreateAclsHandler(authorizer: authorizer, control: control) }
        add { DeleteAclsHandler(authorizer: authorizer, control: control) }
    }
}
