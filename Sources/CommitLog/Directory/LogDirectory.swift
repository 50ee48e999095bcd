public import RecordFormat
import Synchronization

/// A directory of topic-partitions in Kafka's file formats, open in one process at a time.
///
/// Opening recovers whatever the last process left; `close()` makes everything durable. Without a
/// `close()` the directory is in the state of a crash, which costs the next start a scan of what
/// was not flushed. Three threads work in the background: one flushes, one enforces retention, and
/// one compacts. Retention does not share a thread with flushing: a fast load must get its disk
/// space back while gigabytes are flushed. Thread contract: every call from any thread. Look-ups of
/// topics and partitions are control plane.
public final class LogDirectory: Sendable {
    struct Topic {
        var name: String
        var id: TopicID
        var config: LiveLogConfig
        var overrides: [String: String]
        var partitions: [PartitionLog]
    }

    struct Registry {
        /// Topics come by `add` and go by `remove`, so that `names` has all their ids.
        var topics: [String: Topic]
        private(set) var names: [TopicID: String]
        /// How often topics came or went, or got more partitions.
        var changeCount = 0
        /// All partitions, for the background passes.
        var partitions: [PartitionLog]
        var deletedTopics: [String: TopicCheckpoint.Entry] = [:]
        var isClosed = false

        init(topics: [String: Topic]) {
            self.topics = topics
            names = Dictionary(topics.values.map { ($0.id, $0.name) }) { $1 }
            partitions = topics.values.flatMap(\.partitions)
        }

        /// The topic of this name, nil where there is none. Swift's strings are equal where Unicode calls them so,
        /// as `K` and the KELVIN SIGN; topics' names are of ASCII, and what is equal to one and is none itself has
        /// more bytes.
        func topic(_ name: String) -> Topic? {
            guard let topic = topics[name], topic.name.utf8.count == name.utf8.count else {
                return nil
            }
            return topic
        }

        mutating func add(_ topic: Topic) {
            topics[topic.name] = topic
            names[topic.id] = topic.name
            changeCount += 1
        }

        mutating func remove(_ topic: Topic) {
            topics[topic.name] = nil
            names[topic.id] = nil
            changeCount += 1
        }
    }

    /// Segments whose files wait for their removal.
    struct PendingRemoval {
        var segments: [LogSegment]
        var dueMs: Int64
    }

    public let path: String
    /// The defaults of topics as they were given at the start, below those that are altered since.
    let staticDefaults: LogConfig
    /// The directory's settings as they were given at the start.
    let staticConfig: LogDirectoryConfig
    /// Kafka's cluster id, from `meta.properties`.
    public let clusterID: String
    /// What opening the directory found and did.
    public let recovery: RecoveryReport
    /// The positions of this directory's consumer groups.
    public let committedOffsets: CommittedOffsets
    let clock: LogClock
    let hooks: PartitionHooks
    /// Held while topics or settings change, files and all, so that such changes happen one after
    /// the other. `registry` is taken inside of it, and only for a moment: whoever looks up a
    /// partition does not wait for a thousand directories to be made.
    let administration = Locked(())
    let registry: Locked<Registry>
    let dynamicSettings: Locked<DynamicSettings>
    let producerIDs: ProducerIDAllocator
    let flusher = WorkerThread(name: "weir-log-flush")
    let retainer = WorkerThread(name: "weir-log-retain")
    let cleaningThread = WorkerThread(name: "weir-log-clean")
    let cleaner: LogCleaner
    let pendingRemovals = Locked<[PendingRemoval]>([])
    /// Held while files are removed.
    let removals = Locked(())
    let checkpoints: Locked<CheckpointState>
    /// Held while the log start offsets are written, so that an older set never replaces a newer
    /// one.
    let logStartFile = Locked(())
    /// The same for the recovery points, while they are gathered, too.
    let recoveryPointFile = Locked(())
    let faults: BackgroundFaults
    private let lock: Locked<DirectoryLock?>

    /// Opens the directory, creating it where it is missing. Throws `directoryInUse` where it is
    /// open already, here or elsewhere, and an I/O error where files cannot be read; damage at the
    /// end of a log is no error but repaired, and `recovery` tells.
    ///
    /// A directory that a KRaft node of Kafka's left is taken over with the settings in its
    /// metadata log; `interpret` says what those of the broker mean. `onEvent` is called on threads
    /// of the directory and of its users. It may ask the log; it must not block, nor close the
    /// directory.
    public init(
        path: String, defaults: LogConfig = LogConfig(),
        config: LogDirectoryConfig = LogDirectoryConfig(), clock: LogClock = .system,
        interpret: BrokerSettingsInterpreter? = nil,
        onEvent: @escaping @Sendable (LogEvent) -> Void = { _ in }
    ) throws(LogError) {
        raiseDescriptorLimit()
        try createDirectory(path)
        let lock = try DirectoryLock(directory: path)
        let hooks = LateHooks(onEvent: onEvent)
        var source = try ClusterMetadataSource(directory: path)
        let dynamic = try DynamicConfigCheckpoint.read(in: path)
        var adoption = DynamicConfigAdoption(path: path, interpret: interpret)
        let settings = try adoption.settings(
            over: dynamic, from: &source, defaults: defaults, directory: config)
        var opening = try DirectoryOpening(
            path: path, defaults: settings.defaults, clock: clock, hooks: hooks.hooks)
        try opening.open(from: &source)
        opening.complain(adoption.complaints)
        if dynamic == nil { opening.noteDamaged(DynamicConfigCheckpoint.fileName) }
        self.path = path
        staticDefaults = defaults
        dynamicSettings = Locked(settings)
        self.hooks = hooks.hooks
        staticConfig = config
        let config = settings.directory
        clusterID = try MetaProperties.clusterID(in: path) ?? ""
        self.clock = clock
        committedOffsets = CommittedOffsets(
            directory: "\(path)/\(CommittedOffsets.directoryName)")
        recovery = opening.report
        producerIDs = try ProducerIDAllocator(
            directory: path, largestKnown: opening.largestProducerID)
        registry = Locked(Registry(topics: opening.topics))
        let nowMs = clock.nowMs()
        checkpoints = Locked(
            CheckpointState(
                recoveryPoints: opening.recoveryPoints,
                dueMs: nowMs + config.flushOffsetCheckpointIntervalMs,
                retentionDueMs: nowMs + config.retentionCheckIntervalMs,
                cleaningDueMs: nowMs.addingReportingOverflow(config.cleanerBackoffMs).0))
        faults = BackgroundFaults(onEvent)
        cleaner = LogCleaner(
            directory: path, config: config, cleanedThrough: opening.cleanedThrough, faults: faults)
        self.lock = Locked(consume lock)
        hooks.attach(self)
        startBackgroundWork()
    }

    deinit {
        stopCleaning()
        flusher.stop()
        retainer.stop()
    }

    /// The settings in force.
    public var config: LogDirectoryConfig { dynamicSettings.withLock { $0.directory } }

    /// What went wrong in the background since the directory was opened, over or not: a full disk,
    /// an I/O error. Such work is tried again, but for the compaction of a damaged log. At most the
    /// first 64.
    public var backgroundFaults: [BackgroundFault] { faults.all }

    /// A producer id that nobody had before.
    public func allocateProducerID() throws(LogError) -> ProducerID {
        try producerIDs.allocate()
    }

    /// Ends all appends, makes everything durable, writes the checkpoints and gives the lock back.
    /// What can be closed is closed, even where something fails; the first failure is thrown.
    public func close() throws(LogError) {
        let partitions = registry.withLock { registry -> [PartitionLog]? in
            defer { registry.isClosed = true }
            return registry.isClosed ? nil : registry.partitions
        }
        guard let partitions else { return }
        stopCleaning()
        retainer.stop()
        flusher.stop()
        removeDueFiles(nowMs: .max)
        var firstFailure: LogError?
        let recoveryPoints = concurrentMap(
            count: partitions.count, threadCount: Self.closingThreadCount
        ) { (index) throws(LogError) in try partitions[index].close() }
        for (partition, recoveryPoint) in zip(partitions, recoveryPoints) {
            switch recoveryPoint {
            case .success(let offset):
                checkpoints.withLock { $0.recoveryPoints[partition.topicPartition] = offset }
            case .failure(let error):
                firstFailure = firstFailure ?? error
            }
        }
        do throws(LogError) {
            try writeCheckpoints(advancing: false)
            if firstFailure == nil { try CleanShutdownMarker.write(in: path) }
        } catch {
            firstFailure = firstFailure ?? error
        }
        lock.withLock { $0 = nil }
        if let firstFailure { throw firstFailure }
    }

    /// So many partitions are made durable at once: the filesystem commits them together.
    private static let closingThreadCount = 16

    /// Lets go of everything as a crash would: for tests of what comes after one.
    func abandon() {
        registry.withLock { $0.isClosed = true }
        stopCleaning()
        retainer.stop()
        flusher.stop()
        for partition in registry.withLock({ $0.partitions }) { partition.endAppends() }
        lock.withLock { $0 = nil }
    }

    func requireOpen() throws(LogError) {
        if registry.withLock({ $0.isClosed }) { throw .closed(path: path) }
    }
}

/// `.kafka_cleanshutdown`: written at a clean close, for Kafka, and removed before anything is
/// appended. Here it saves no check. It only says that somebody else has removed a file that is
/// missing.
enum CleanShutdownMarker {
    static let fileName = ".kafka_cleanshutdown"

    static func write(in directory: String) throws(LogError) {
        try DurableFile.replace(
            "\(directory)/\(fileName)", with: #"{"version":0,"brokerEpoch":-1}"#)
    }

    /// Removes the marker, durably; returns whether it was there.
    static func remove(in directory: String) throws(LogError) -> Bool {
        let path = "\(directory)/\(fileName)"
        guard try fileStatus(path) != nil else { return false }
        try removeFile(path)
        try synchronizeDirectory(directory)
        return true
    }
}
