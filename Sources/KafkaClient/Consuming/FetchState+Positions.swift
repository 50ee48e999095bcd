import KafkaProtocol
import RecordFormat

// Where a partition is gone on: by ListOffsets, and by OffsetForLeaderEpoch after a change of
// leaders.
extension FetchState {
    mutating func listedOffsets(_ response: ListOffsetsResponse, ticket: Int, nowMs: Int64) {
        guard let asked = answered(ticket) else { return }
        brokerPauses[asked.broker] = nil
        var open = asked.partitions
        for topic in response.topics {
            for part in topic.partitions {
                let one = TopicPartition(topic: topic.name, partition: part.partitionIndex)
                guard var partition = current(one, of: asked), open[one] != nil,
                    case .locating(let position) = partition.phase
                else { continue }
                open[one] = nil
                let reaction = FetchReaction(part.errorCode, of: .listOffsets)
                guard reaction == .proceed else {
                    react(reaction, part.errorCode, of: .listOffsets, one, nowMs: nowMs)
                    continue
                }
                if part.offset >= .zero {
                    partition.position = part.offset
                    partition.positionEpoch = part.leaderEpoch
                    partition.phase = .fetching
                    partition.failures = 0
                    partitions[one] = partition
                } else {
                    switch position {
                    case .timestamp, .newerThan:
                        partition.phase = .locating(.latest)
                        partitions[one] = partition
                    default: setPause(one, nowMs: nowMs)
                    }
                }
            }
        }
        for one in open.keys where current(one, of: asked) != nil { setPause(one, nowMs: nowMs) }
        advance(nowMs: nowMs)
    }

    mutating func foundLeaderEpochs(
        _ response: OffsetForLeaderEpochResponse, ticket: Int, nowMs: Int64
    ) {
        guard let asked = answered(ticket) else { return }
        brokerPauses[asked.broker] = nil
        var open = asked.partitions
        for topic in response.topics {
            for part in topic.partitions {
                let one = TopicPartition(topic: topic.topic, partition: part.partition)
                guard let partition = current(one, of: asked),
                    open.removeValue(forKey: one) != nil
                else { continue }
                foundLeaderEpoch(part, of: one, partition, nowMs: nowMs)
            }
        }
        for one in open.keys where current(one, of: asked) != nil { setPause(one, nowMs: nowMs) }
        advance(nowMs: nowMs)
    }

    /// A function of its own, because Swift 6.3's optimizer crashes on the two together.
    @inline(never)
    private mutating func foundLeaderEpoch(
        _ part: OffsetForLeaderEpochResponse.Partition, of one: TopicPartition,
        _ partition: FetchPartition, nowMs: Int64
    ) {
        switch FetchReaction(part.errorCode, of: .offsetForLeaderEpoch) {
        case .proceed: validate(one, partition, against: part)
        case let reaction:
            react(reaction, part.errorCode, of: .offsetForLeaderEpoch, one, nowMs: nowMs)
        }
    }

    /// Goes on at the position if the new leader's log has it; else where the log parts from what
    /// was read, as far as `auto.offset.reset` allows that.
    private mutating func validate(
        _ one: TopicPartition, _ known: FetchPartition,
        against end: OffsetForLeaderEpochResponse.Partition
    ) {
        var partition = known
        partition.failures = 0
        let isKnown = end.endOffset >= .zero && end.leaderEpoch > .none
        if isKnown, end.endOffset >= partition.position {
            partition.phase = .fetching
        } else if settings.autoOffsetReset == .none {
            partition.phase = .failed
            queue.fail(.truncated(one, position: partition.position, endOffset: end.endOffset))
        } else if isKnown {
            partition.phase = .fetching
            partition.position = end.endOffset
            partition.positionEpoch = end.leaderEpoch
        } else {
            locate(&partition, one, lost: partition.position)
        }
        partitions[one] = partition
    }
}
