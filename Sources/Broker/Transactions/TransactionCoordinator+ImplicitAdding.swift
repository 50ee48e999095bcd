import CommitLog
import KafkaProtocol
import NIOCore
import RecordFormat

// Producers of the second version send no AddPartitionsToTxn (KIP-890): what they write to is added
// to the transaction. An answer to the end of a transaction comes before everything of it is
// durable, so the next one may have to wait, which clients before need not expect.

extension TransactionCoordinator {
    /// Somebody who waits for the transaction before to be over, until then or until the time for
    /// it ends.
    struct Waiter {
        fileprivate let number: UInt64
        fileprivate let timer: Scheduled<Void>
        fileprivate let ask: () -> Void
    }

    /// Adds partitions, which exist. Where the transaction before is just ending, this waits for
    /// its end, and not longer than `implicitAddWaitMs`.
    func addImplicitly(
        _ partitions: Set<TopicPartition>, to transactionalID: String,
        by producer: ProducerIdentity, _ done: @escaping @Sendable (ErrorCode) -> Void
    ) {
        guard !transactionalID.isEmpty else { return done(.invalidRequest) }
        let deadline = NIODeadline.now() + .milliseconds(config.implicitAddWaitMs)
        eventLoop.execute {
            self.add(partitions, to: transactionalID, by: producer, until: deadline, done)
        }
    }

    private func add(
        _ partitions: Set<TopicPartition>, to transactionalID: String,
        by producer: ProducerIdentity, until deadline: NIODeadline,
        _ done: @escaping @Sendable (ErrorCode) -> Void
    ) {
        perform(transactionalID) {
            $0.addPartitions(partitions, by: producer, version: .second, nowMs: nowMs())
        } done: { error, _ in
            guard error == .concurrentTransactions, NIODeadline.now() < deadline else {
                return done(error)
            }
            self.wait(for: transactionalID, until: deadline) {
                self.add(partitions, to: transactionalID, by: producer, until: deadline, done)
            }
        }
    }

    private func wait(
        for transactionalID: String, until deadline: NIODeadline, _ ask: @escaping () -> Void
    ) {
        let number = state.nextWaiter
        state.nextWaiter += 1
        let timer = eventLoop.scheduleTask(deadline: deadline) {
            let waiters = self.state.waiters[transactionalID] ?? []
            guard let index = waiters.firstIndex(where: { $0.number == number }) else { return }
            var others = waiters
            others.remove(at: index)
            self.state.waiters[transactionalID] = others.isEmpty ? nil : others
            waiters[index].ask()
        }
        state.waiters[ExactName(transactionalID), default: []].append(
            Waiter(number: number, timer: timer, ask: ask))
    }

    /// Something has changed, or has failed to change, for those who wait for this id.
    func wake(_ transactionalID: String) {
        guard let waiters = state.waiters.removeValue(forKey: transactionalID) else { return }
        for waiter in waiters {
            waiter.timer.cancel()
            waiter.ask()
        }
    }
}
