import KafkaProtocol
import NIOCore

// The requests to the coordinator. A JoinGroup may take as long as a rebalance, so it does not
// share a connection with commits and metadata.
extension GroupMemberDriver {
    /// What a join may take beyond the rebalance, as in Kafka's consumer.
    private static var joinGraceMs: Int64 { 5_000 }

    func send(_ request: GroupRequest, _ ticket: Int) {
        let timeoutMs = cluster.settings.connection.requestTimeoutMs
        let joinTimeoutMs = max(timeoutMs, settings.maxPollIntervalMs + Self.joinGraceMs)
        switch request {
        case .findCoordinator: requests.findCoordinator(ticket)
        case .join(let request):
            waitingJoin = { [self] in
                requests.send(request, ticket, timeoutMs: joinTimeoutMs) { .join($0) }
            }
            joinAfterCommit()
        case .sync(let request):
            requests.send(request, ticket, timeoutMs: joinTimeoutMs) { .sync($0) }
        case .heartbeat(let request):
            requests.send(request, ticket) { [self] answer in
                if answer.errorCode == .rebalanceInProgress { commitBeforeJoining() }
                return .heartbeat(answer.errorCode)
            }
        case .leave(let request):
            // A join that waits for other members does not hold it up.
            requests.send(request, ticket, use: .control) { .leave($0.errorCode) }
        case .consumerHeartbeat(let request):
            // All on one connection, so that none overtakes the one before.
            requests.send(request, ticket) { .reconciling(HeartbeatAnswer($0)) }
        // Of share groups, whose members have a driver of their own.
        case .shareHeartbeat: break
        }
    }

    /// The group waits for its members, and still takes commits of this generation: as in Kafka's own consumer, a
    /// member commits before it joins again. Later a member that is closed before its share has come could not.
    private func commitBeforeJoining() {
        guard settings.enableAutoCommit else { return }
        commitProcessed()
        commits.advance(as: identity, canSend: canCommit, nowMs: nowMs)
        for action in commits.takeActions() { perform(action) }
    }

    /// A commit that is on its way goes first: once all members have joined it would be refused.
    private func joinAfterCommit() {
        guard !commits.awaitsAnswer, let join = waitingJoin.take() else { return }
        if !membership.isClosing, !hasEnded { join() }
    }

    func perform(_ action: CommitState.Action) {
        switch action {
        case .complete(let id, let error):
            let promise = commitPromises.removeValue(forKey: id)
            if let error { promise?.fail(error) } else { promise?.succeed() }
        case .report(let code, let generation):
            membership.committed(with: code, generation: generation, nowMs: nowMs)
            step()
        case .send(var request):
            let ids = request.identifyTopics { cluster.topicID(of: $0) }
            let sent = request
            cluster.coordinator(of: settings.groupID)
                .flatMap { $0.send(sent, highestVersion: ids.highestVersion) }
                .assumeIsolated()
                .whenComplete { [self] result in
                    switch result {
                    case .success(let response):
                        let body = response.body.namingTopics(by: ids)
                        if body.hasUnknownTopicID { cluster.refreshMetadata() }
                        commits.answered(body, groupID: settings.groupID, nowMs: nowMs)
                    case .failure: commits.requestFailed(nowMs: nowMs)
                    }
                    for action in commits.takeActions() { perform(action) }
                    joinAfterCommit()
                    step()
                }
        }
    }
}
