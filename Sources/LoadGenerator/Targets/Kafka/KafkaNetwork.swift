import KafkaClient
import Measurement
import NIOCore
import NIOPosix
import RecordFormat

/// Reads what the clients of a run have done on the network.
struct KafkaNetwork {
    /// The event loops of the run.
    let loops: MultiThreadedEventLoopGroup
    /// The cluster of the client that knows all topics.
    let administration: Cluster
    /// The other clients' clusters.
    let others: [Cluster]
    /// How many of the loops, from the first on, serve producers.
    let sendingLoopCount: Int

    private struct LoopReading: Sendable {
        var counts: NetworkCounts
        var cpuNanos: Int64
        var brokers: [Int32: BrokerTraffic]
    }

    /// Blocks until each event loop has read its own clients; not on an event loop.
    ///
    /// - Parameters:
    ///   - readableEnd: the sum of the ends that the brokers told.
    ///   - ageNanos: how old these may be.
    func read(readableEnd: Int64, ageNanos: Int64) throws -> NetworkReading {
        let byLoop = Dictionary(grouping: [administration] + others) {
            ObjectIdentifier($0.eventLoop)
        }
        var reading = NetworkReading(
            nanos: 0, counts: NetworkCounts(), loopCPUNanos: [],
            sendingLoopCount: sendingLoopCount, readableEnd: readableEnd,
            readableAgeNanos: ageNanos)
        for loop in loops.makeIterator() {
            let own = byLoop[ObjectIdentifier(loop)] ?? []
            let part = try loop.submit { Self.read(own) }.wait()
            reading.counts.addClient(part.counts)
            reading.loopCPUNanos.append(part.cpuNanos)
            reading.brokers.merge(part.brokers) { $0.adding($1) }
        }
        reading.nanos = MonotonicClock.now()
        return reading
    }

    /// On the event loop of these clusters.
    private static func read(_ clusters: [Cluster]) -> LoopReading {
        var reading = LoopReading(counts: NetworkCounts(), cpuNanos: 0, brokers: [:])
        for cluster in clusters {
            let counts = cluster.counts
            reading.counts.addClient(NetworkCounts(counts))
            reading.brokers.merge(counts.brokers.mapValues(BrokerTraffic.init)) { $0.adding($1) }
        }
        reading.cpuNanos = ThreadClock.now()
        return reading
    }

    /// By partition, who leads it, as the client says that has seen most changes: of the others than
    /// administration only those are asked that have seen any. Blocks as `read` does.
    func leaders(of partitions: [TopicPartition]) throws -> [PartitionLead?] {
        var leaders: [PartitionLead?] = try administration.eventLoop.submit {
            partitions.map { Self.lead(of: $0, in: administration) }
        }.wait()
        for cluster in others {
            let seen = try cluster.eventLoop.submit {
                cluster.leaderChangeCount == 0
                    ? [] : partitions.map { Self.lead(of: $0, in: cluster) }
            }.wait()
            for (index, lead) in seen.enumerated() {
                guard let lead, lead.changes >= leaders[index]?.changes ?? 0 else { continue }
                leaders[index] = lead
            }
        }
        return leaders
    }

    private static func lead(of partition: TopicPartition, in cluster: Cluster) -> PartitionLead? {
        cluster.leadership(of: partition).map {
            PartitionLead(nodeID: $0.nodeID, changes: $0.changeCount)
        }
    }
}

extension BrokerTraffic {
    fileprivate init(_ client: BrokerCounts) {
        self.init()
        address = client.address.map { "\($0)" } ?? ""
        requests = UInt64(client.traffic.requestCount)
        sentBytes = UInt64(client.traffic.sentByteCount)
        receivedBytes = UInt64(client.traffic.receivedByteCount)
        for (code, count) in client.errors { errors[code.name, default: 0] += UInt64(count) }
        fullNanos = client.traffic.fullNanos - client.traffic.peerFullNanos
        openConnections = client.openConnections
    }

    fileprivate func adding(_ other: BrokerTraffic) -> BrokerTraffic {
        var sum = self
        sum.add(other)
        return sum
    }
}

extension NetworkCounts {
    init(_ client: ClientCounts) {
        self.init()
        requests = UInt64(client.traffic.requestCount)
        produceRequests = UInt64(client.produceRequests)
        sentBytes = UInt64(client.traffic.sentByteCount)
        receivedBytes = UInt64(client.traffic.receivedByteCount)
        retries = UInt64(client.retries)
        for (code, count) in client.errors { errors[code.name, default: 0] += UInt64(count) }
        throttles = UInt64(client.traffic.throttle.count)
        throttledNanos = client.traffic.throttle.total.nanoseconds
        metadataRefreshes = UInt64(client.metadataRefreshes)
        leaderChanges = UInt64(client.leaderChanges)
        openedConnections = UInt64(client.openedConnections)
        lostConnections = UInt64(client.lostConnections)
    }

    /// Adds what other clients have done at the same time: all see the same changes of leaders, sooner
    /// or later.
    fileprivate mutating func addClient(_ other: NetworkCounts) {
        let changes = max(leaderChanges, other.leaderChanges)
        add(other)
        leaderChanges = changes
    }
}
