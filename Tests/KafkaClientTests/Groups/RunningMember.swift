import NIOCore
import RecordFormat
import Synchronization

@testable import KafkaClient

/// A member that asks for one event after the other, and keeps what it gets.
final class RunningMember: Sendable {
    struct Seen {
        var values: [String] = []
        var owned: Set<TopicPartition> = []
        /// What it had to give up or lost, in order.
        var revoked: [TopicPartition] = []
        var failure: String?
    }

    let consumer: KafkaGroupConsumer
    private let cluster: Cluster
    private let seen: Mutex<Seen>
    private let task: Mutex<Task<Void, Never>?>

    init(_ cluster: Cluster, topics: Set<String>) {
        self.cluster = cluster
        consumer = KafkaGroupConsumer(cluster: cluster, topics: topics)
        seen = Mutex(Seen())
        task = Mutex(nil)
        let run = Task { await self.run() }
        task.withLock { $0 = run }
    }

    var now: Seen { seen.withLock { $0 } }

    private func run() async {
        while !Task.isCancelled {
            do {
                guard let event = try await consumer.next(within: .milliseconds(100)).get() else {
                    continue
                }
                try keep(event)
            } catch {
                seen.withLock { $0.failure = "\(error)" }
                return
            }
        }
    }

    private func keep(_ event: GroupEvent) throws {
        switch event {
        case .records(let records):
            let values = try KafkaClientTests.values(of: records).map {
                String($0.drop { $0 != ":" }.dropFirst())
            }
            seen.withLock { $0.values += values }
        case .assigned(let partitions): seen.withLock { $0.owned.formUnion(partitions) }
        case .revoked(let partitions), .lost(let partitions):
            seen.withLock {
                $0.owned.subtract(partitions)
                $0.revoked += partitions
            }
        }
    }

    /// Takes nothing more, and does not leave: as if the application hung.
    func stall() async {
        let run = task.withLock { $0 }
        run?.cancel()
        await run?.value
    }

    /// Leaves the group.
    func leave() async throws {
        await stall()
        try await consumer.close().get()
        try await cluster.shutdown().get()
    }
}
