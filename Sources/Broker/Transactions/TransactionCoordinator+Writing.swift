import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

// Decisions of the state machines are written first, then executed.

extension TransactionCoordinator {
    /// Passes an event to the machine of a transactional id and executes its outcome. `done` is
    /// called on the loop with an error, or with what was written, or with what there is if there
    /// was nothing to do; `onExhaustion` in its place, where the event needs a new producer id.
    func perform(
        _ transactionalID: String,
        _ event: (inout TransactionStateMachine) -> TransactionStateMachine.Outcome,
        onExhaustion: () -> Void = {},
        done: @escaping @Sendable (ErrorCode, TransactionMetadata?) -> Void
    ) {
        if let error = unavailability { return done(error, nil) }
        guard let outcome = change(transactionalID, event) else {
            return done(.invalidProducerIDMapping, nil)
        }
        switch outcome {
        case .answer(let error):
            done(error, error == .none ? state.machines[transactionalID]?.current : nil)
        case .needsProducerID: onExhaustion()
        case .write(let metadata):
            write(metadata, of: transactionalID) { done($0, $0 == .none ? metadata : nil) }
        }
    }

    /// Changes a machine where it stands; nil where there is none.
    func change<Result>(
        _ transactionalID: String, _ body: (inout TransactionStateMachine) -> Result
    ) -> Result? {
        guard var machine = state.machines.removeValue(forKey: transactionalID) else { return nil }
        defer { state.machines[transactionalID] = machine }
        return body(&machine)
    }

    /// Writes down what a machine has proposed; `done` is called once it is as durable as promised
    /// and what follows from it has been begun.
    func write(
        _ metadata: TransactionMetadata, of transactionalID: String,
        done: @escaping @Sendable (ErrorCode) -> Void
    ) {
        let partition: PartitionLog
        let result: AppendResult
        do throws(InternalTopicError) {
            (partition, result) = try state.topic.append(
                TransactionStateRecord(transactionalID, metadata), nowMs: nowMs())
        } catch {
            return didFailToWrite(transactionalID, error, done)
        }
        guard let through = result.flushThrough else { return didWrite(transactionalID, done) }
        flush(partition, through) { failure in
            self.eventLoop.execute {
                if let failure {
                    self.didFailToWrite(transactionalID, .flush(failure), done)
                } else {
                    self.didWrite(transactionalID, done)
                }
            }
        }
    }

    private func didFailToWrite(
        _ transactionalID: String, _ error: InternalTopicError,
        _ done: @escaping @Sendable (ErrorCode) -> Void
    ) {
        logger.error(
            "cannot write to \(TransactionStateTopic.name)",
            metadata: ["transactional.id": "\(transactionalID)", "error": "\(error)"])
        let isPreparing = change(transactionalID) { machine in
            machine.didFailToWrite()
            return machine.current.state.isPreparing
        }
        defer { wake(transactionalID) }
        if isPreparing == true { retryLater(transactionalID) }
        switch error {
        case .tooLarge, .append(.messageTooLarge): done(.unknownServerError)
        case .encoding: done(.invalidRequest)
        case .unavailable, .append, .flush: done(.coordinatorNotAvailable)
        }
    }

    private func didWrite(
        _ transactionalID: String, _ done: @escaping @Sendable (ErrorCode) -> Void
    ) {
        let change = change(transactionalID) { machine in
            let before = machine.current
            machine.didWrite()
            return (before: before, now: machine.current)
        }
        // Gone while it was being written: the coordination has ended and begun again.
        guard let change else { return done(.coordinatorNotAvailable) }
        if change.before.producer.id != change.now.producer.id {
            ongoing.remove(change.before.producer.id)
        }
        if change.now.state == .dead {
            ongoing.remove(change.now.producer.id)
            state.machines[transactionalID] = nil
            wake(transactionalID)
            return done(.none)
        }
        ongoing.publish(change.now, transactionalID: transactionalID)
        if change.now.state.isPreparing { finish(transactionalID) }
        done(.none)
        wake(transactionalID)
    }
}
