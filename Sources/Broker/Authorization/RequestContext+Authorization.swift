import KafkaProtocol

// What the client of a request may do. Without an authorizer that is everything, and costs one look at whether there
// is one.

extension RequestContext {
    /// Whether the client may do to this resource what the API needs. Who may not is told of in the log, unless the
    /// answer only leaves something out.
    func allows(_ type: ResourceType, _ name: String, logs: Bool = true) -> Bool {
        guard let authorizer else { return true }
        guard let apiKey = header.apiKey else { return false }
        let operation = ApiPermissions.operation(of: apiKey, on: type)
        return allows(operation, type, name, logs: logs, authorizer, apiKey)
    }

    /// The same of another operation than the first that the API needs on such a resource.
    func allows(
        _ operation: AclOperation, _ type: ResourceType, _ name: String, logs: Bool = true
    ) -> Bool {
        guard let authorizer else { return true }
        guard let apiKey = header.apiKey else { return false }
        precondition(
            ApiPermissions.of(apiKey).contains(ApiPermission(operation, type)),
            "\(apiKey) does not need \(operation.name) on \(type.name)")
        return allows(operation, type, name, logs: logs, authorizer, apiKey)
    }

    /// The topics of a request, to which the client may not do what the API needs. Each is told of once.
    func deniedTopics(_ names: some Sequence<String>) -> Set<String> {
        guard authorizer != nil else { return [] }
        var denied: Set<String> = []
        for name in names where !denied.contains(name) && !allows(.topic, name) {
            denied.insert(name)
        }
        return denied
    }

    /// Whether the client may do to the cluster what the API needs.
    func allowsCluster(logs: Bool = true) -> Bool { allows(.cluster, Acl.clusterName, logs: logs) }

    func allowsCluster(_ operation: AclOperation, logs: Bool = true) -> Bool {
        allows(operation, .cluster, Acl.clusterName, logs: logs)
    }

    /// Whether the client may do this to some topic, whichever.
    func allowsSomeTopic(_ operation: AclOperation) -> Bool {
        currentRights?.allowsSomewhere(operation, on: .topic) ?? true
    }

    /// Refuses who may not look at, or alter, the settings of a resource.
    func requireSettings(of type: ConfigResourceType, _ name: String) throws(Refusal) {
        switch type {
        case .topic: guard allows(.topic, name) else { throw .topicDenied }
        case .broker, .brokerLogger, .clientMetrics:
            guard allowsCluster() else { throw .clusterDenied }
        case .group: guard allows(.group, name) else { throw .groupDenied }
        // Of others there are no settings, which is no secret.
        default: break
        }
    }

    /// What the client may do to a resource, a bit for each operation. Nothing is told of in the log.
    func authorizedOperations(on type: ResourceType, _ name: String) -> Int32 {
        var allowed = OperationSet.possible(for: type)
        if let rights = currentRights {
            for operation in allowed.operations
            where !rights.allows(operation, on: type, name) {
                allowed.subtract(OperationSet(operation))
            }
        }
        return Int32(bitPattern: allowed.rawValue)
    }

    /// What the client may do to the cluster; nothing where it may not even describe it.
    var authorizedClusterOperations: Int32 {
        allowsCluster(.describe) ? authorizedOperations(on: .cluster, Acl.clusterName) : 0
    }

    /// Asks from now on by the ACLs that hold now.
    mutating func renewRights() {
        guard let authorizer else { return }
        rights = authorizer.rights(of: rights?.client ?? client, last: rights)
    }

    private var currentRights: AclRights? {
        guard let authorizer else { return nil }
        return rights ?? authorizer.rights(of: client)
    }

    private var client: AclClient {
        // Without the slash.
        AclClient(principal: principal, host: clientHost.dropFirst())
    }

    private func allows(
        _ operation: AclOperation, _ type: ResourceType, _ name: String, logs: Bool,
        _ authorizer: Authorizer, _ apiKey: ApiKey
    ) -> Bool {
        let rights = rights ?? authorizer.rights(of: client)
        if rights.allows(operation, on: type, name) { return true }
        if logs {
            authorizer.denials.note(
                DenialLog.Denial(
                    principal: principal, operation: operation, resourceType: type,
                    resourceName: name, host: String(client.host), apiKey: apiKey))
        }
        return false
    }
}

extension Refusal {
    static let topicDenied = Refusal(.topicAuthorizationFailed, "Topic authorization failed.")
    static let groupDenied = Refusal(.groupAuthorizationFailed, "Group authorization failed.")
    static let clusterDenied = Refusal(
        .clusterAuthorizationFailed, "Cluster authorization failed.")
}
