import KafkaClient
import Logging
import Measurement
import NIOCore
import NIOPosix
import RecordFormat

/// The brokers of a Kafka cluster, reached over the network.
///
/// Each producer of the profile is a client with its own connections for records and its own producer
/// id, as it would be in production; each consumer worker is one, too. A worker steps on the event loop of
/// its clients. Its producers share what is known of the cluster, which would take most of the memory of
/// many producers with many partitions.
public final class KafkaTarget: LoadTarget {
    private struct Clients: Sendable {
        var producers: [KafkaClient.Producer] = []
        var readers: [KafkaReader] = []
        var members: [KafkaMember] = []
        /// Those whose workers are not there yet.
        var idleMembers: [KafkaMember] = []
        /// Those that are being made, too.
        var readerCount = 0
        var faults: [String] = []
    }

    public let partitions: [TopicPartition]
    /// The brokers that listen on this machine.
    public let processIDs: Set<Int32>
    public let producedPartitionCount: Int
    private let settings: KafkaSettings
    private let loops: MultiThreadedEventLoopGroup
    /// So many loops, from the first on, serve administration and producers; the rest consumers.
    private let sendingLoopCount: Int
    private let readingLoops: [any EventLoop]
    let administrator: Administrator
    private let compacted: Set<String>
    private let created: CreatedTopics
    private let server: (any TargetServer)?
    let offsets: KafkaOffsets
    private let polls: KafkaEndPolls
    private let commits: KafkaGroupCommits
    let sharing = KafkaShareGroups()
    /// Of groups with members.
    let progress = CheckedMutex<[String: GroupProgress]>([:])
    private let clients = CheckedMutex(Clients())
    private let logger: Logger
    /// Between questions how far share groups are.
    let pollPause: TimeAmount

    /// Connects, and creates or finds the topics.
    ///
    /// - Parameters:
    ///   - created: takes what was created, also if this fails.
    ///   - server: the broker, if it runs only for this target, which ends it.
    public init(
        profile: Profile, created: CreatedTopics, server: (any TargetServer)? = nil
    ) throws(TargetError) {
        settings = KafkaSettings(profile, servers: server?.address)
        self.created = created
        self.server = server
        pollPause = .nanoseconds(profile.interval.nanoseconds)
        logger = Logger(label: "weir.load") { _ in SwiftLogNoOpLogHandler() }
        let producerLoops = profile.loads.reduce(0) {
            $0 + min($1.profile.producers.threads, $1.profile.producers.count)
        }
        let cores = AvailableCores.count()
        let consumerLoops = profile.consumers.reduce(0) { $0 + min($1.members, cores) }
        let loops = MultiThreadedEventLoopGroup(
            numberOfThreads: 1 + producerLoops + consumerLoops)
        self.loops = loops
        sendingLoopCount = 1 + producerLoops
        readingLoops = Array(Array(loops.makeIterator()).dropFirst(sendingLoopCount))
        do {
            let cluster = try Cluster(
                settings: settings.administration(), on: loops.next(), logger: logger)
            let administrator = Administrator(cluster: cluster)
            let (brokers, topics) = try cluster.eventLoop.makeFutureWithTask {
                let brokers = try await Self.connect(administrator)
                let topics = try await KafkaTopics(
                    preparing: profile, with: administrator, created: created)
                return (brokers, topics)
            }.wait()
            processIDs = brokers.reduce(into: []) {
                $0.formUnion(ListeningProcesses.at(host: $1.address.host, port: $1.address.port))
            }
            self.administrator = administrator
            partitions = topics.partitions
            producedPartitionCount = topics.producedPartitionCount
            compacted = topics.compacted
            commits = KafkaGroupCommits(cluster: cluster)
        } catch {
            try? created.delete()
            try? loops.syncShutdownGracefully()
            throw TargetError(kafka: error, servers: settings.servers)
        }
        offsets = KafkaOffsets(partitionCount: partitions.count)
        polls = KafkaEndPolls(administrator, partitions, learnedBy: offsets)
    }

    /// Reaches every broker by the address that the cluster advertises.
    private static func connect(_ administrator: Administrator) async throws -> [ClusterBroker] {
        let cluster = administrator.cluster
        _ = try await cluster.topics([], timeoutMs: KafkaSettings.connectTimeoutMs).get()
        let brokers = try await administrator.describeCluster().brokers
        for broker in brokers {
            _ = try await cluster.connection(to: broker.nodeID, use: .control).get()
        }
        return brokers
    }

    public var dataDirectory: String? { server?.dataDirectory }

    // MARK: Clients

    /// A client for each producer: those of a worker share a cluster.
    public func prepareProducers(
        _ settings: ProducerSettings, topics: TopicSettings, numbering: BatchNumbering
    ) throws(TargetError) -> [ProducerID] {
        let threads = min(settings.threads, settings.count)
        let indices = Dictionary(uniqueKeysWithValues: partitions.enumerated().map { ($1, $0) })
        var ids: [ProducerID] = []
        let first = clients.withLock { $0.producers.count }
        do {
            let clientSettings = try self.settings.producer(settings)
            let clusters = (0..<threads).map { _ in
                Cluster(settings: clientSettings, on: loops.next(), logger: logger)
            }
            for number in 0..<settings.count {
                let cluster = clusters[number % threads]
                let numbers = KafkaNumbers(
                    numbering, producer: first + number, indices: indices)
                let producer = KafkaClient.Producer(cluster: cluster) {
                    batch, partition, sequence in
                    numbers.willSend(batch.header, to: partition, as: sequence)
                }
                clients.withLock { $0.producers.append(producer) }
                let identity = try producer.prepare(topics: topics.names)
                    .flatMap { cluster.eventLoop.submit { producer.identity } }.wait()
                numbers.expect(identity)
                ids.append(identity?.id ?? .none)
            }
        } catch {
            throw TargetError(kafka: error, servers: self.settings.servers)
        }
        polls.begin()
        return ids
    }

    public func makeProducerSession(
        of producers: [Int], acks: Acks, completions: CompletionQueue
    ) -> any ProducerSession {
        let all = clients.withLock { $0.producers }
        return KafkaProducerSession(
            producers: Dictionary(uniqueKeysWithValues: producers.map { ($0, all[$0]) }),
            loop: EventLoopSteps(on: all[producers[0]].cluster.eventLoop), partitions: partitions,
            offsets: offsets, completions: completions)
    }

    func add(_ member: KafkaMember) {
        clients.withLock { clients in
            clients.members.append(member)
            clients.idleMembers.append(member)
        }
    }

    /// What a consumer of this group knows of the cluster.
    func makeReadingCluster(for group: ConsumerGroupSettings) -> Cluster {
        // A group that works on its records has more members than loops.
        let number = clients.withLock { clients in
            defer { clients.readerCount += 1 }
            return clients.readerCount
        }
        let loop = readingLoops[number % readingLoops.count]
        let cluster: Cluster
        do {
            cluster = try Cluster(
                settings: settings.consumer(group), on: loop, logger: logger)
        } catch {
            preconditionFailure("the settings were checked with the profile: \(error)")
        }
        return cluster
    }

    public func makeConsumerSession(
        for group: ConsumerGroupSettings, wakeup: Wakeup
    ) -> any ConsumerSession {
        if group.hasMembership {
            let member = clients.withLock { clients in
                clients.idleMembers.firstIndex { $0.group == group.group }
                    .map { clients.idleMembers.remove(at: $0) }
            }
            guard let member else { preconditionFailure("each worker has a member") }
            polls.begin()
            return KafkaMemberSession(member: member, offsets: offsets, wakeup: wakeup)
        }
        let reader = KafkaReader(
            consumer: KafkaConsumer(cluster: makeReadingCluster(for: group)),
            partitions: partitions, offsets: offsets,
            wakeup: wakeup)
        clients.withLock { $0.readers.append(reader) }
        polls.begin()
        return KafkaConsumerSession(reader: reader, partitions: partitions, offsets: offsets)
    }

    public func makeSharingSession(
        for group: ConsumerGroupSettings, wakeup: Wakeup
    ) -> any SharingSession {
        polls.begin()
        return KafkaSharingSession(
            member: sharing.takeIdleMember(of: group.group), partitions: partitions,
            wakeup: wakeup)
    }

    // MARK: Offsets

    public func isCompacted(_ partition: Int) -> Bool {
        compacted.contains(partitions[partition].topic)
    }

    public func logStartOffset(of partition: Int) -> Offset { offsets.start(of: partition) }
    public func logEndOffset(of partition: Int) -> Offset { offsets.end(of: partition) }
    public func timestamp(at offset: Offset, of partition: Int) -> Int64? { nil }

    public func refreshOffsets() throws(TargetError) {
        do {
            try administrator.cluster.eventLoop.makeFutureWithTask { [self] in
                let starts = try await administrator.listOffsets(partitions, .earliest)
                let ends = try await administrator.listOffsets(
                    partitions, .latest, isolationLevel: administrator.cluster.isolationLevel)
                offsets.learn(starts: starts, ends: ends, of: partitions, from: 0)
            }.wait()
        } catch {
            throw TargetError(kafka: error, servers: settings.servers)
        }
    }

    public func offsets(atUnixMillis millis: Int64) throws(TargetError) -> [Offset?] {
        do {
            let found = try administrator.cluster.eventLoop.makeFutureWithTask {
                [administrator, partitions] in
                try await administrator.listOffsets(partitions, .atTime(ms: millis))
            }.wait()
            return partitions.map { found[$0]?.offset }
        } catch {
            throw TargetError(kafka: error, servers: settings.servers)
        }
    }

    // MARK: Groups

    public func committedOffsets(of group: String) throws(TargetError) -> [Int: Offset] {
        do {
            let committed = try administrator.cluster.eventLoop.makeFutureWithTask {
                [administrator] in try await administrator.committedOffsets(of: group)
            }.wait()
            var byIndex: [Int: Offset] = [:]
            for (index, partition) in partitions.enumerated() {
                byIndex[index] = committed[partition]?.offset
            }
            return byIndex
        } catch {
            throw TargetError(kafka: error, servers: settings.servers)
        }
    }

    func members(of group: String) -> [KafkaMember] {
        clients.withLock { $0.members.filter { $0.group == group } }
    }

    public func commit(
        _ positions: [Int: Offset], of group: String
    ) throws(TargetError) -> Bool {
        if let isDone = commitByMembers(positions, of: group) { return isDone }
        var byPartition: [TopicPartition: Offset] = [:]
        for (index, position) in positions { byPartition[partitions[index]] = position }
        return try commits.commit(byPartition, of: group)
    }

    /// An error of the cluster, for the reader of the results.
    func failure(_ error: any Error) -> TargetError {
        TargetError(kafka: error, servers: settings.servers)
    }

    // MARK: Figures

    public var storedByteCount: UInt64 { offsets.storedByteCount }
    public var flushCount: UInt64? { nil }

    public func readNetwork() -> NetworkReading? {
        var reading = try? network.read(
            readableEnd: offsets.readableEnd(ofFirst: producedPartitionCount),
            ageNanos: polls.roundNanos)
        let members = clients.withLock { $0.members }
        reading?.counts.partitionMoves =
            members.reduce(0) { $0 + UInt64($1.moveCount) } + sharing.moveCount
        reading?.counts.refusedAcknowledgements = sharing.refusedCount
        return reading
    }

    public func readLeaders() -> [PartitionLead?] {
        (try? network.leaders(of: partitions)) ?? []
    }

    private var network: KafkaNetwork {
        let clients = clients.withLock { $0 }
        let all =
            clients.producers.map(\.cluster) + clients.readers.map(\.cluster)
            + clients.members.map(\.cluster) + sharing.members.map(\.cluster)
        // The producers of a worker share one.
        let others = Dictionary(all.map { (ObjectIdentifier($0), $0) }) { first, _ in first }
        return KafkaNetwork(
            loops: loops, administration: administrator.cluster, others: Array(others.values),
            sendingLoopCount: sendingLoopCount)
    }

    public func fetchCommand(for place: RecordPlace) -> String? {
        guard let offset = place.offset else { return nil }
        return "kcat -C -b \(settings.servers) -t \(place.partition.topic) "
            + "-p \(place.partition.partition) -o \(offset.rawValue) -c 1"
    }

    // MARK: The end

    public var breakdown: TargetError? { server?.breakdown }
    public var backgroundFaults: [String] { sharing.faults }

    public func abandon() {
        for producer in clients.withLock({ $0.producers }) { _ = producer.close() }
    }

    /// Closes all connections, deletes what was created, and ends the server.
    public func close() throws(TargetError) {
        let clients = clients.withLock { $0 }
        let lastPolls = [polls.end()] + sharing.endPolls()
        var failure: TargetError?
        func attempt(_ work: () throws(TargetError) -> Void) {
            do { try work() } catch { failure = failure ?? error }
        }
        // Of a server that has broken down, nothing can be asked any more.
        let isAlive = breakdown == nil
        if isAlive {
            attempt { () throws(TargetError) in try commits.finish() }
            attempt { () throws(TargetError) in try finishCommitsOfMembers() }
        }
        for reader in clients.readers { try? reader.close().wait() }
        for closing in clients.members.map({ $0.close() }) { try? closing.wait() }
        for closing in sharing.members.map({ $0.close() }) { try? closing.wait() }
        for closing in clients.producers.map({ $0.close() }) { try? closing.wait() }
        for producer in clients.producers { try? producer.cluster.shutdown().wait() }
        if isAlive { attempt { () throws(TargetError) in try created.delete() } }
        try? administrator.cluster.shutdown().wait()
        for poll in lastPolls { try? poll?.wait() }
        try? loops.syncShutdownGracefully()
        if let server { attempt { () throws(TargetError) in try server.end() } }
        if let failure { throw failure }
    }
}
