import KafkaProtocol
import NIOCore

extension Cluster {
    /// A connection to the coordinator of a group or a transactional id, apart from those for records.
    /// Fails with a `ClusterError` or a `ConnectionError`; the caller tries again.
    public func coordinator(
        of name: String, type: CoordinatorType = .group, use: ConnectionUse = .control
    ) -> EventLoopFuture<BrokerConnection> {
        eventLoop.flatSubmit { [self] in
            let key = Coordinators.Key(type: type, name: name)
            if let nodeID = coordinators[key], metadata.brokers[nodeID] != nil {
                return connection(to: nodeID, use: use).flatMapErrorThrowing { [self] error in
                    coordinators.forget(key)
                    throw error
                }
            }
            return anyConnection().flatMap { [self] in ask($0, for: key) }
                .flatMap { [self] in connection(to: $0, use: use) }
        }
    }

    /// The broker has said that it is not the coordinator, or does not answer.
    public func forgetCoordinator(of name: String, type: CoordinatorType = .group) {
        coordinators.forget(Coordinators.Key(type: type, name: name))
    }

    private func ask(
        _ connection: BrokerConnection, for key: Coordinators.Key
    ) -> EventLoopFuture<Int32> {
        var request = FindCoordinatorRequest()
        request.key = key.name
        request.keyType = key.type
        request.coordinatorKeys = [key.name]
        return connection.send(request).flatMapThrowing { [self] response throws in
            let found = coordinators.receive(response.body, version: response.version, for: key)
            switch found {
            case .success(let found):
                metadata.learn(found.nodeID, at: found.address)
                return found.nodeID
            case .failure(let error): throw ClusterError.coordinator(error)
            }
        }
    }
}
