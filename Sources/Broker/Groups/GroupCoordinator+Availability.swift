import CommitLog
import KafkaProtocol
import NIOCore

// Whether a group can be served now.

extension GroupCoordinator {
    /// Why a request for this group cannot be answered; nil where it can. On the loop.
    ///
    /// - Parameter allowsEmptyID: some requests only read or keep offsets, for which Kafka once
    ///   allowed an empty name.
    func refusal(for group: String, allowsEmptyID: Bool = false) -> ErrorCode? {
        if group.isEmpty, !allowsEmptyID { return .invalidGroupID }
        guard state.isActive else { return .coordinatorNotAvailable }
        switch state.partitions[Int(partitionIndex(for: group))] {
        case .ready: break
        case .loading: return .coordinatorLoadInProgress
        case .failed: return .coordinatorNotAvailable
        }
        // Weir 0.1.0 may have put the group's commits into that partition.
        let former = CoordinatorPartition.formerIndex(of: group, among: partitionCount)
        if case .failed = state.partitions[Int(former)] { return .coordinatorNotAvailable }
        return nil
    }

    /// Like `refusal`, for requests that will write. Nothing can be written without the topic:
    /// where it is missing it is created, and the client asks again.
    func refusalToWrite(for group: String, allowsEmptyID: Bool = false) -> ErrorCode? {
        if let error = refusal(for: group, allowsEmptyID: allowsEmptyID) { return error }
        if state.topic.open() { return nil }
        createTopic { _ in }
        return .coordinatorNotAvailable
    }

    /// Whether `__consumer_offsets` is there, or could be created. From any thread; the reply comes
    /// on the loop.
    func prepareTopic(_ reply: @escaping @Sendable (ErrorCode) -> Void) {
        eventLoop.execute {
            guard self.state.isActive else { return reply(.coordinatorNotAvailable) }
            if self.state.topic.open() { return reply(.none) }
            self.createTopic(reply)
        }
    }

    private func createTopic(_ reply: @escaping @Sendable (ErrorCode) -> Void) {
        if state.waitingForTopic != nil {
            state.waitingForTopic?.append(reply)
            return
        }
        state.waitingForTopic = [reply]
        threads.submit { [log, partitionCount, config] _ in
            var failure: LogError?
            do throws(LogError) {
                try OffsetsTopic.create(
                    in: log, partitionCount: partitionCount, config: config)
            } catch {
                failure = error
            }
            self.eventLoop.execute { [failure] in self.didCreateTopic(failure) }
        }
    }

    private func didCreateTopic(_ failure: LogError?) {
        let waiting = state.waitingForTopic ?? []
        state.waitingForTopic = nil
        let isThere = state.topic.open()
        if !isThere {
            logger.error(
                "cannot create \(OffsetsTopic.name)",
                metadata: ["error": "\(failure.map { "\($0)" } ?? "it has too few partitions")"])
        }
        for reply in waiting { reply(isThere ? .none : .coordinatorNotAvailable) }
    }
}
