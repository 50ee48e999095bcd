import KafkaClient
import KafkaProtocol
import Measurement
import NIOCore
import RecordFormat

// Share groups (KIP-932).
extension KafkaTarget {
    /// With Kafka's heartbeats, each five seconds, members need some of them to have their partitions.
    private static let settlingNanos: Int64 = 20_000_000_000
    private static let checkNanos: Int64 = 20_000_000

    public func takeProgress(
        ofShareGroup group: String, isDraining: Bool
    ) -> [Int: ShareProgress]? {
        sharing.polls(of: group)?.take(isDraining: isDraining)
    }

    public func otherMembers(ofShareGroup group: String) -> OtherMembers? {
        sharing.polls(of: group)?.others
    }

    /// Lets the group begin at these positions, and waits until each member and each partition has somebody. Refuses a
    /// group with other members: what they read does not come to the run. Of those that join later the polls tell.
    func beginShareGroup(
        _ group: ConsumerGroupSettings, at positions: [Int: Offset]
    ) throws(TargetError) {
        try setStart(of: group, positions)
        let members = (0..<group.members).map { _ in makeShareMember(of: group) }
        let polls = KafkaSharePolls(
            KafkaShareSource(
                administrator, group: group.group, members: members,
                partitions: Dictionary(
                    uniqueKeysWithValues: positions.keys.map { ($0, partitions[$0]) })),
            group: group.group, members: Set(members.map(\.memberID)),
            on: administrator.cluster.eventLoop, pause: pollPause)
        try settle(members, of: group.group, on: Set(positions.keys.map { partitions[$0] }))
        try refuseOthers(in: group.group, polls)
        polls.begin()
        sharing.begin(polls, of: group.group)
    }

    private func settle(
        _ members: [KafkaShareMember], of group: String, on all: Set<TopicPartition>
    ) throws(TargetError) {
        let deadline = MonotonicClock.now() + Self.settlingNanos
        let clock = Wakeup()
        var idleCount = 0
        // After that the run begins all the same, and says so.
        while MonotonicClock.now() < deadline {
            var shares: [Set<TopicPartition>] = []
            for member in members { shares.append(try member.assignment()) }
            let isWhole = shares.reduce(into: Set()) { $0.formUnion($1) } == all
            idleCount = shares.count { $0.isEmpty }
            if isWhole, idleCount == 0 { return }
            clock.wait(until: MonotonicClock.now() + Self.checkNanos)
        }
        sharing.note(
            fault:
                "after \(Self.settlingNanos / 1_000_000_000) s the brokers had not given all partitions "
                + "to the share group \(group), and \(idleCount) of its \(members.count) members had none (see "
                + "share.heartbeat.interval.ms of the group)")
    }

    private func refuseOthers(
        in group: String, _ polls: KafkaSharePolls
    ) throws(TargetError) {
        let others: OtherMembers?
        do {
            others = try administrator.cluster.eventLoop.makeFutureWithTask {
                try await polls.findOthers()
            }.wait()
        } catch {
            throw lack(of: error, group)
        }
        guard let others else { return }
        throw .failed(
            "group \(group) has members beside this run's (\(others.text)), and whether what they read is lost "
                + "nobody could tell: end them, wait until their session ends, or choose another name"
        )
    }

    /// Where the group goes on by itself, only partitions that it has not begun are set.
    private func setStart(
        of group: ConsumerGroupSettings, _ positions: [Int: Offset]
    ) throws(TargetError) {
        var wanted = positions
        if group.from == .committed {
            for partition in try startOffsets(ofShareGroup: group.group).keys {
                wanted[partition] = nil
            }
        }
        guard !wanted.isEmpty else { return }
        let offsets = Dictionary(
            uniqueKeysWithValues: wanted.map { (partitions[$0.key], $0.value) })
        do {
            try administrator.cluster.eventLoop.makeFutureWithTask { [administrator] in
                try await administrator.alterShareStartOffsets(of: group.group, to: offsets)
            }.wait()
        } catch let error as AdministrationError where error.code == .nonEmptyGroup {
            throw .failed(
                "group \(group.group) has members, so the offsets at which it is to begin cannot be set: end them, "
                    + "wait until their session ends, or choose another name")
        } catch let error as AdministrationError where error.code == .groupIDNotFound {
            throw .failed(
                "group \(group.group) is there already and is no share group: choose another name, or delete it"
            )
        } catch {
            throw lack(of: error, group.group)
        }
    }

    public func startOffsets(ofShareGroup group: String) throws(TargetError) -> [Int: Offset] {
        do {
            let found = try administrator.cluster.eventLoop.makeFutureWithTask {
                [administrator, partitions] in
                try await administrator.shareGroupProgress(of: group, in: partitions)
            }.wait()
            var byIndex: [Int: Offset] = [:]
            for (index, partition) in partitions.enumerated() {
                byIndex[index] = found[partition]?.startOffset
            }
            return byIndex
        } catch {
            throw lack(of: error, group)
        }
    }

    /// Brokers without share groups lack the requests about them.
    private func lack(of error: any Error, _ group: String) -> TargetError {
        Self.lack(of: error, group) ?? failure(error)
    }

    /// Nil if the error is another one.
    static func lack(of error: any Error, _ group: String) -> TargetError? {
        switch error {
        case let error as ConnectionError:
            guard case .unsupportedApi = error.reason else { return nil }
        // Kafka has the requests and refuses them with share.version=0.
        case let error as AdministrationError where error.code == .unsupportedVersion: break
        default: return nil
        }
        return .unfit(
            "\(GroupError.refused(.shareGroupHeartbeat, .unsupportedVersion, group: group))")
    }

    private func makeShareMember(of group: ConsumerGroupSettings) -> KafkaShareMember {
        let member = KafkaShareMember(
            KafkaShareConsumer(
                cluster: makeReadingCluster(for: group), topics: topics(of: group)),
            group: group.group)
        sharing.add(member)
        return member
    }
}
