import NIOCore
import RecordFormat

// What the application asks for.
extension GroupMemberDriver {
    func next(within time: TimeAmount) -> EventLoopFuture<GroupEvent?> {
        let future = waiters.add(within: time)
        membership.polled(nowMs: nowMs)
        confirmRevocation()
        step()
        return future
    }

    /// Gives those who wait what there is.
    func settle() {
        waiters.settle {
            announceRevocation()
            if !events.isEmpty { return takeEvent() }
            if let failure { throw failure }
            defer { if fetcher.state.takeRoom() { stepLater() } }
            return try fetcher.state.take().map { .records($0) }
        }
    }

    private func takeEvent() -> GroupEvent {
        let event = events.removeFirst()
        if case .revoked(let partitions) = event {
            revocation = .told(partitions)
            stepLater()
        }
        return event
    }

    /// There is room for more, or something to commit.
    private func stepLater() {
        cluster.eventLoop.assumeIsolated().execute { [self] in
            fetcher.step()
            step()
        }
    }

    func commit(
        _ offsets: [TopicPartition: CommittedOffset]
    ) -> EventLoopFuture<Void> {
        let promise = cluster.eventLoop.makePromise(of: Void.self)
        if hasEnded {
            promise.fail(failure ?? .commitFailed(.unknownMemberID, group: settings.groupID))
        } else {
            commitPromises[commits.commit(offsets, nowMs: nowMs)] = promise
            step()
        }
        return promise.futureResult
    }

    func commitHandedOut() -> EventLoopFuture<Void> {
        fetcher.state.queue.finishProcessing()
        return commit(fetcher.state.queue.processed)
    }

    func close() -> EventLoopFuture<Void> {
        membership.close(nowMs: nowMs)
        step()
        return ended.futureResult
    }
}
