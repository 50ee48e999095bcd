import CommitLog
import KafkaProtocol
import Logging
import RecordFormat

/// All share partitions of the broker, which is the only one: in Kafka's terms the share coordinator and the share
/// partition manager in one.
///
/// Share partitions are read from `__share_group_state` at a start, and come to be when a group first reads a
/// partition. Thread contract: any thread; what blocks says so.
final class SharePartitions: Sendable {
    /// So many may there be: each takes some hundred bytes, and reads its records at a start.
    static let maximumCount = 100_000

    let log: LogDirectory
    let topic: ShareStateTopic
    let config: ShareStateConfig
    let surroundings: ShareSurroundings
    let logger: Logger
    let state = Locked(State())

    struct State {
        var availability = Availability.loading(waiting: [])
        var groups: [ExactName: [TopicIDPartition: SharePartition]] = [:]
        var count = 0
    }

    enum Availability {
        case loading(waiting: [@Sendable () -> Void])
        case ready
        /// `__share_group_state` cannot be read; the log says why.
        case failed
    }

    init(
        log: LogDirectory, topic: ShareStateTopic, config: ShareStateConfig,
        surroundings: ShareSurroundings, logger: Logger
    ) {
        self.log = log
        self.topic = topic
        self.config = config
        self.surroundings = surroundings
        self.logger = logger
    }

    /// Why share partitions cannot be served; nil where they can.
    var unavailability: ErrorCode? {
        state.withLock { state in
            switch state.availability {
            case .loading: .coordinatorLoadInProgress
            case .ready: nil
            case .failed: .coordinatorNotAvailable
            }
        }
    }

    /// Calls back once it is known whether share partitions can be served: at once, or from the
    /// thread that reads them.
    func whenLoaded(_ body: @escaping @Sendable () -> Void) {
        let isLoaded = state.withLock { state -> Bool in
            guard case .loading(let waiting) = state.availability else { return true }
            state.availability = .loading(waiting: waiting + [body])
            return false
        }
        if isLoaded { body() }
    }

    static func add(_ partition: SharePartition, to state: inout State) {
        let place = TopicIDPartition(partition.key)
        let before = state.groups[ExactName(partition.key.group), default: [:]]
            .updateValue(partition, forKey: place)
        if before == nil { state.count += 1 }
    }

    // Looking up and creating.

    /// The group's share partitions, one for each place; nil where there is none.
    func find(_ places: [TopicIDPartition], of group: String) -> [SharePartition?] {
        state.withLock { state in
            guard let known = state.groups[group] else { return places.map { _ in nil } }
            return places.map { known[$0] }
        }
    }

    /// All share partitions of a group.
    func all(of group: String) -> [SharePartition] {
        state.withLock { state in state.groups[group].map { Array($0.values) } ?? [] }
    }

    /// Sees to it that the group has share partitions for partitions that there are: those that it
    /// has not begin where its settings say. Blocks.
    ///
    /// - Parameter isWanted: whether the group still reads, asked once others can see the new ones.
    func prepare(
        _ places: [TopicIDPartition], of group: String, isWanted: () -> Bool
    ) -> Preparation {
        var preparation = Preparation()
        for (place, known) in zip(places, find(places, of: group)) where known == nil {
            guard let log = log.partition(place.partition, of: place.topicID) else { continue }
            do throws(Refusal) {
                let start = try firstOffset(in: log, of: group)
                let written = try create(
                    place, of: group, log, start: start, epoch: 0, isWanted: isWanted)
                preparation.written.append((place, written))
            } catch {
                preparation.refusals[place] = error
            }
        }
        return preparation
    }

    /// What came of share partitions that a group is to have.
    struct Preparation: Sendable {
        var refusals: [TopicIDPartition: Refusal] = [:]
        /// What must be flushed before the group may read.
        var written: [(place: TopicIDPartition, written: SharePartition.Written)] = []
    }

    /// Where the group's settings say that it begins to read a partition.
    private func firstOffset(in log: PartitionLog, of group: String) throws(Refusal) -> Int64 {
        do throws(LogError) {
            return try surroundings.limits(group).offsetReset.offset(
                in: log, wallMs: surroundings.wallMs())
        } catch {
            throw Refusal(error)
        }
    }

    /// Lets a group read from an offset on, or where its settings say if that is less than 0; whether or not it
    /// has begun to read the partition. Blocks.
    func begin(
        _ place: TopicIDPartition, of group: String, at offset: Int64, epoch: Int32
    ) throws(Refusal) -> SharePartition.Written {
        guard let log = log.partition(place.partition, of: place.topicID) else {
            throw .unknownSharePartition
        }
        let start = offset < 0 ? try firstOffset(in: log, of: group) : offset
        if let known = find([place], of: group)[0] {
            return try known.reset(to: start, epoch: epoch)
        }
        return try create(place, of: group, log, start: start, epoch: epoch, isWanted: { true })
    }

    private func create(
        _ place: TopicIDPartition, of group: String, _ log: PartitionLog, start: Int64,
        epoch: Int32, isWanted: () -> Bool
    ) throws(Refusal) -> SharePartition.Written {
        if let error = unavailability {
            throw Refusal(error, "The share partitions are not read yet.")
        }
        do throws(LogError) {
            try topic.create()
        } catch {
            surroundings.complain("cannot create \(ShareStateTopic.name): \(error)")
            throw Refusal(.coordinatorNotAvailable, "\(ShareStateTopic.name) cannot be created.")
        }
        let new = SharePartition(
            SharePartitionKey(group: group, topicID: place.topicID, partition: place.partition),
            log: log, stored: nil, state: SharePartitionState(start: start, epoch: epoch),
            surroundings)
        // Those who come at the same time find one of them; the other was never seen.
        let outcome = state.withLock { state -> Result<Bool, Refusal> in
            if state.groups[group]?[place] != nil { return .success(false) }
            guard state.count < Self.maximumCount else {
                return .failure(
                    Refusal(
                        .coordinatorNotAvailable,
                        "The broker keeps the state of \(Self.maximumCount) share partitions, and no more."
                    ))
            }
            Self.add(new, to: &state)
            return .success(true)
        }
        guard try outcome.get() else { return nil }
        let written: SharePartition.Written
        do throws(Refusal) {
            written = try new.writeFirstSnapshot()
        } catch {
            remove([new])
            throw error
        }
        // Whoever deletes the topic or the group forgets its share partitions last: so either the deletion
        // has found the new one, or this finds that there is nothing more to read.
        guard self.log.partition(place.partition, of: place.topicID) != nil, isWanted() else {
            _ = try? new.delete()
            remove([new])
            throw .unknownSharePartition
        }
        return written
    }

    // Forgetting.

    /// Forgets what a group knows of a partition. Returns what must be flushed.
    func forget(
        _ place: TopicIDPartition, of group: String
    ) throws(Refusal) -> SharePartition.Written {
        guard let partition = find([place], of: group)[0] else { return nil }
        let written = try partition.delete()
        remove([partition])
        return written
    }

    /// Forgets what all groups know of a topic that was deleted.
    func topicDeleted(_ id: TopicID) {
        let gone = state.withLock { state in
            state.groups.values.flatMap { $0.values }.filter { $0.key.topicID == id }
        }
        for partition in gone {
            do throws(Refusal) {
                _ = try partition.delete()
            } catch {
                // The next start forgets it, since there is no such topic.
                surroundings.complain("\(partition.key): \(error.message)")
            }
        }
        remove(gone)
    }

    private func remove(_ partitions: [SharePartition]) {
        state.withLock { state in
            for partition in partitions {
                let (group, place) = (partition.key.group, TopicIDPartition(partition.key))
                guard state.groups[group]?[place] === partition else { continue }
                state.groups[group]?[place] = nil
                state.count -= 1
                if state.groups[group]?.isEmpty == true { state.groups[group] = nil }
            }
        }
    }

    /// Makes available what a session had, in all that its group reads.
    func release(_ holder: ShareHolder, of group: String) {
        let limits = surroundings.limits(group)
        for partition in all(of: group) { partition.release(holder, limits) }
    }
}

extension TopicIDPartition {
    init(_ key: SharePartitionKey) {
        self.init(topicID: key.topicID, partition: key.partition)
    }
}
