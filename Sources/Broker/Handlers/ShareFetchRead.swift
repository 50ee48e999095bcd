import CommitLog
import KafkaProtocol
import RecordFormat

/// One pass over the partitions of a share session: what there is for the member now.
///
/// It first looks what could be read, and acquires only where that is enough for the client, or the time
/// is over.
struct ShareFetchRead: WaitingRead {
    let request: ShareFetchRequest
    let places: [TopicIDPartition]
    let group: String
    let key: ShareSessions.Key
    private let opening: UInt64
    let holder: ShareHolder
    /// The client names them, and they are no partitions.
    private let missing: [TopicIDPartition]
    /// Where the group could not begin to read, and why.
    let refusals: [TopicIDPartition: Refusal]
    let acknowledged: ShareAcknowledgements
    let sharing: Sharing
    let broker: Broker
    private var context: RequestContext
    /// All records together, but for those that are sent however large they are.
    let largestByteCount: Int
    private(set) var limits = ShareLimits()

    private(set) var found: [Found] = []
    var faults: [Fault] = []
    var watched: [Watched] = []
    private var recordCount = 0
    /// How many headers of batches may still be read in this turn.
    private var headersLeft = 0
    /// All that was read was for nobody, and there is more.
    private var mustGoOn = false
    /// The session has ended while the fetch waited.
    private var isTooLate = false

    struct Fault: Sendable {
        var place: TopicIDPartition
        var refusal: Refusal

        /// There is no such partition: the client is told, and the session forgets it.
        var isMissing: Bool {
            refusal.code == .unknownTopicID || refusal.code == .unknownTopicOrPartition
        }
    }

    /// What the member has acquired of a partition.
    struct Found: Sendable {
        var place: TopicIDPartition
        var partition: SharePartition
        var slice: FileSlice
        var ranges: [Acquisition.Range]
    }

    /// What could be read of a partition.
    struct Candidate {
        var place: TopicIDPartition
        var partition: SharePartition
        var slice: FileSlice
        var offset: Int64
    }

    /// How a partition stood when it was looked at.
    struct Watched: Sendable {
        var partition: SharePartition
        var version: UInt64
        /// The end of what could be read; nil where no records may be in flight any more.
        var seen: Offset?
    }

    /// A session of more partitions is read beside the event loop.
    private static let placesOnLoop = 256
    /// So many times what is for nobody is passed over in one turn.
    private static let passesPerTurn = 16
    /// So many headers hold an event loop for about a millisecond.
    private static let headersPerTurn = 2048
    /// So many bytes that the member does not get may lie between batches that it gets.
    private static let largestHole = 64 << 10

    init(
        _ request: ShareFetchRequest, _ turn: ShareSessions.Turn, group: String,
        key: ShareSessions.Key, missing: [TopicIDPartition],
        refusals: [TopicIDPartition: Refusal], _ acknowledged: ShareAcknowledgements,
        _ sharing: Sharing, _ broker: Broker, _ exchange: Exchange
    ) {
        self.request = request
        self.missing = missing
        self.refusals = refusals
        // Each request begins with another partition: one with many records does not keep the others from
        // being read.
        let places = turn.places
        let first = places.isEmpty ? 0 : Int(max(request.shareSessionEpoch, 0)) % places.count
        self.places = Array(places[first...] + places[..<first])
        self.group = group
        self.key = key
        holder = turn.holder
        opening = turn.opening
        self.acknowledged = acknowledged
        self.sharing = sharing
        self.broker = broker
        context = exchange.context
        largestByteCount = min(
            exchange.charge?.largestFetch ?? .max, Int(max(request.maxBytes, 0)),
            Int(broker.config.fetchMaxBytes))
    }

    var maxWaitMs: Int32 { request.maxWaitMs }
    var isLong: Bool { places.count > Self.placesOnLoop }

    var isEnough: Bool {
        recordCount > 0 || isTooLate || isCutShort || request.maxWaitMs <= 0 || places.isEmpty
    }

    /// Whether there is something to tell that the client does not know, or nothing to wait for. A fault that
    /// stays is told with the records of other partitions: else each fetch would be answered at once.
    private var isCutShort: Bool {
        !missing.isEmpty || faults.count >= places.count || faults.contains(where: \.isMissing)
    }

    private var maxRecords: Int { Int(request.maxRecords) }

    private var isSessionOpen: Bool { sharing.sessions.isOpen(key, opening) }

    var isCommittedOnly: Bool { limits.isolationLevel == .readCommitted }

    mutating func perform(on connection: Connection, isLast: Bool) {
        context.renewRights()
        headersLeft = Self.headersPerTurn
        for _ in 0..<Self.passesPerTurn {
            mustGoOn = false
            pass(on: connection, isLast: isLast)
            if !mustGoOn || isEnough || headersLeft <= 0 { return }
        }
    }

    private mutating func pass(on connection: Connection, isLast: Bool) {
        limits = sharing.groups.shareLimits(of: group)
        watched.removeAll(keepingCapacity: true)
        var rights = ShareTopicRights(context, broker.log)
        faults.removeAll()
        for place in missing {
            // Where it was created meanwhile, the client hears that it was not there: it asks again.
            let refusal = absence(of: place, &rights) ?? .unknownSharePartition
            faults.append(Fault(place: place, refusal: refusal))
        }
        guard !places.isEmpty else { return }
        isTooLate = !isSessionOpen
        if isTooLate { return }
        let (candidates, isEnough) = connection.withReadPositions {
            self.candidates(&$0, &rights)
        }
        guard isEnough || isLast || isCutShort else { return }
        for candidate in candidates where recordCount < maxRecords {
            guard headersLeft > 0 else {
                mustGoOn = recordCount == 0
                break
            }
            acquire(candidate)
        }
        // Whoever ends a session releases its records afterwards: some of these may have come too late for that.
        if recordCount > 0, !isSessionOpen {
            discard()
            isTooLate = true
        }
    }

    mutating func discard() {
        for one in found { one.partition.giveBack(one.ranges, of: holder, limits) }
        found.removeAll()
        recordCount = 0
    }

    private mutating func acquire(_ candidate: Candidate) {
        let rest = maxRecords - recordCount
        let batches: ShareBatches
        do throws(LogError) {
            batches = try ShareBatches(
                of: candidate.slice, in: candidate.partition.log, from: candidate.offset,
                maxRecords: min(rest, limits.maxRecordLocks), maxHeaders: headersLeft,
                isCommittedOnly: isCommittedOnly)
            headersLeft -= batches.headerCount
        } catch {
            broker.storageComplaints.note(
                error, reading: candidate.partition.log.topicPartition,
                from: Offset(candidate.offset))
            faults.append(Fault(place: candidate.place, refusal: Refusal(error)))
            return
        }
        let got = candidate.partition.acquire(
            AcquireRequest(
                holder: holder, maxRecords: rest,
                batchSize: request.batchSize > 0 ? Int(request.batchSize) : .max,
                mode: request.acquireMode, maxHoleByteCount: Self.largestHole),
            in: batches.batches, from: candidate.offset, limits)
        guard got.count > 0 else {
            let next = candidate.partition.nextFetch(limits).offset
            if let next, next != candidate.offset { mustGoOn = true }
            return
        }
        recordCount += got.count
        found.append(
            Found(
                place: candidate.place, partition: candidate.partition,
                slice: batches.part(got.batches), ranges: got.ranges))
    }

    func listen(_ wake: @escaping @Sendable () -> Void) -> [WaitSource] {
        var sources: [WaitSource] = []
        if mustGoOn {
            wake()
            return sources
        }
        for watch in watched {
            guard let waiter = watch.partition.whenAvailable(since: watch.version, wake) else {
                wake()
                break
            }
            sources.append(.sharePartition(watch.partition, waiter))
            guard let seen = watch.seen else { continue }
            let log = watch.partition.log
            let token =
                isCommittedOnly ? log.whenStable(past: seen, wake) : log.whenMore(than: seen, wake)
            guard let token else {
                wake()
                break
            }
            sources.append(.log(log, token))
        }
        return sources
    }
}
