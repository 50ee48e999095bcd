import KafkaProtocol
import NIOCore
import RecordFormat

/// Commits offsets in the name of a group, for consumers that choose their partitions themselves. The
/// coordinator refuses commits while the group has members.
///
/// Thread contract: what returns a future may be called from any thread.
public final class GroupOffsets: @unchecked Sendable {
    public let cluster: Cluster
    public let groupID: String
    private var commits: CommitState
    private var promises: [Int: EventLoopPromise<Void>] = [:]
    private let timer: LoopTimer

    public init(cluster: Cluster, groupID: String) {
        self.cluster = cluster
        self.groupID = groupID
        var settings = GroupSettings()
        settings.groupID = groupID
        settings.enableAutoCommit = false
        commits = CommitState(
            settings: settings, backoff: cluster.settings.metadata.backoff,
            timeoutMs: cluster.settings.metadata.defaultApiTimeoutMs,
            nowMs: cluster.eventLoop.nowMs)
        timer = LoopTimer(on: cluster.eventLoop)
    }

    private var nowMs: Int64 { cluster.eventLoop.nowMs }

    /// Commits `offsets`, one commit after the other. Fails with a `GroupError`, at the latest
    /// after `default.api.timeout.ms`.
    public func commit(_ offsets: [TopicPartition: CommittedOffset]) -> EventLoopFuture<Void> {
        cluster.eventLoop.flatSubmit { [self] in
            let promise = cluster.eventLoop.makePromise(of: Void.self)
            promises[commits.commit(offsets, nowMs: nowMs)] = promise
            step()
            return promise.futureResult
        }
    }

    private func step() {
        commits.jitter = .random(in: 0...1)
        commits.advance(as: GroupIdentity(groupID: groupID), nowMs: nowMs)
        for action in commits.takeActions() { perform(action) }
        timer.set(commits.nextDeadlineMs(canSend: true)) { [self] in step() }
    }

    private func perform(_ action: CommitState.Action) {
        switch action {
        case .complete(let id, let error):
            let promise = promises.removeValue(forKey: id)
            if let error { promise?.fail(error) } else { promise?.succeed() }
        case .report(let code, _):
            if GroupReaction(code, of: .offsetCommit) == .findCoordinator {
                cluster.forgetCoordinator(of: groupID)
            }
        case .send(var request):
            let ids = request.identifyTopics { cluster.topicID(of: $0) }
            let sent = request
            cluster.coordinator(of: groupID)
                .flatMap { $0.send(sent, highestVersion: ids.highestVersion) }
                .assumeIsolated()
                .whenComplete { [self] result in
                    switch result {
                    case .success(let response):
                        let body = response.body.namingTopics(by: ids)
                        if body.hasUnknownTopicID { cluster.refreshMetadata() }
                        commits.answered(body, groupID: groupID, nowMs: nowMs)
                    case .failure(ClusterError.coordinator(let refusal))
                    where !refusal.code.isRetriable:
                        commits.refused(refusal.code, by: .findCoordinator, groupID: groupID)
                    case .failure: commits.requestFailed(nowMs: nowMs)
                    }
                    step()
                }
        }
    }
}
