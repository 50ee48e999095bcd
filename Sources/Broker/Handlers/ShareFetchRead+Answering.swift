import CommitLog
import KafkaProtocol
import RecordFormat

extension ShareFetchRead {
    func answer(_ exchange: Exchange) {
        // Their client is told, and asks no more.
        let gone = faults.filter(\.isMissing)
        if !gone.isEmpty { sharing.sessions.forget(Set(gone.map(\.place)), of: key) }
        guard let charge = exchange.charge else {
            return exchange.send(response(withRecords: true), slices: found.map(\.slice))
        }
        let settled = charge.settleFetch(byteCount: found.reduce(0) { $0 + $1.slice.byteCount })
        if !settled.isSent {
            for one in found { one.partition.giveBack(one.ranges, of: holder, limits) }
        }
        var answer = response(withRecords: settled.isSent)
        answer.throttleTimeMs = settled.throttleMs
        exchange.connection.mute(forMs: settled.throttleMs)
        exchange.sendCharged(answer, slices: settled.isSent ? found.map(\.slice) : [])
    }

    private func response(withRecords: Bool) -> ShareFetchResponse {
        var partitions: [TopicIDPartition: ShareFetchResponse.Partition] = [:]
        func change(
            _ place: TopicIDPartition, _ body: (inout ShareFetchResponse.Partition) -> Void
        ) {
            var partition = partitions[place] ?? ShareFetchResponse.Partition()
            partition.partitionIndex = place.partition
            body(&partition)
            partitions[place] = partition
        }
        for (index, one) in found.enumerated() where withRecords {
            change(one.place) { partition in
                partition.records = RecordsRange(position: index, byteCount: one.slice.byteCount)
                partition.acquiredRecords = one.ranges.map { range in
                    var acquired = ShareFetchResponse.AcquiredRecords()
                    acquired.firstOffset = Offset(range.first)
                    acquired.lastOffset = Offset(range.last)
                    acquired.deliveryCount = range.deliveryCount
                    return acquired
                }
            }
        }
        for fault in faults {
            change(fault.place) { partition in
                partition.errorCode = fault.refusal.code
                partition.errorMessage = fault.refusal.message
            }
        }
        for (place, refusal) in acknowledged.outcomes {
            change(place) { partition in
                guard let refusal, partition.acknowledgeErrorCode == .none else { return }
                partition.acknowledgeErrorCode = refusal.code
                partition.acknowledgeErrorMessage = refusal.message
            }
        }
        var topics: [TopicID: Int] = [:]
        var response = ShareFetchResponse()
        response.acquisitionLockTimeoutMs = Int32(
            clamping: sharing.groups.shareLimits(of: group).lockMs)
        // Spliced records are in the order of the slices.
        let order = found.map(\.place) + partitions.keys
        for place in order {
            guard let partition = partitions.removeValue(forKey: place) else { continue }
            let index = topics[place.topicID] ?? response.responses.count
            if index == response.responses.count {
                topics[place.topicID] = index
                var topic = ShareFetchResponse.Topic()
                topic.topicID = place.topicID
                response.responses.append(topic)
            }
            response.responses[index].partitions.append(partition)
        }
        return response
    }
}
