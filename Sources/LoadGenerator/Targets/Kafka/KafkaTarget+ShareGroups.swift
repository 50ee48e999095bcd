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

    /// Lets the group begin at these positions, and waits until each member and each partition has somebody. Refuses a
    /// group with other members: what they read would count as lost.
    func beginShareGroup(
        _ group: ConsumerGroupSettings, at positions: [Int: Offset]
    ) throws(TargetError) {
        try setStart(of: group, positions)
        let members = (0..<group.members).map { _ in makeShareMember(of: group) }
        sharing.begin(
            KafkaSharePolls(
                administrator, group: group.group,
                partitions: Dictionary(
                    uniqueKeysWithValues: positions.keys.map { ($0, partitions[$0]) }),
                pause: pollPause),
            of: group.group)
        let all = Set(positions.keys.map { partitions[$0] })
        let deadline = MonotonicClock.now() + Self.settlingNanos
        let clock = Wakeup()
        var idleCount = 0
        // After that the run begins all the same, and says so.
        while MonotonicClock.now() < deadline {
            var shares: [Set<TopicPartition>] = []
            for member in members { shares.append(try member.assignment()) }
            let isWhole = shares.reduce(into: Set()) { $0.formUnion($1) } == all
            idleCount = shares.count { $0.isEmpty }
            if isWhole, idleCount == 0 {
                return try refuseOthers(in: group.group, beside: members)
            }
            clock.wait(until: MonotonicClock.now() + Self.checkNanos)
        }
        try refuseOthers(in: group.group, beside: members)
        sharing.note(
            fault:
                "after \(Self.settlingNanos / 1_000_000_000) s the brokers had not given all partitions "
                + "to the share group \(group.group), and \(idleCount) of its \(members.count) members had none (see "
                + "share.heartbeat.interval.ms of the group)")
    }

    private func refuseOthers(
        in group: String, beside members: [KafkaShareMember]
    ) throws(TargetError) {
        let others: [ShareGroupDescribeResponse.Member]
        do {
            let all = try administrator.cluster.eventLoop.makeFutureWithTask { [administrator] in
                try await administrator.shareGroupMembers(of: group)
            }.wait()
            let own = Set(members.map(\.memberID))
            others = all.filter { !own.contains($0.memberID) }
        } catch {
            throw lack(of: error, group)
        }
        guard let first = others.first else { return }
        throw .failed(
            "group \(group) has members beside this run's (\(others.count), such as \(first.clientID) at "
                + "\(first.clientHost)), and what they read would count as lost: end them, wait until their session "
                + "ends, or choose another name")
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
