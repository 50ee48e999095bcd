import CommitLog
import KafkaProtocol
import RecordFormat

// What could be read, before anything of it is acquired.

extension ShareFetchRead {
    /// What could be read, and whether that is enough for the client.
    mutating func candidates(
        _ positions: inout ReadPositions, _ rights: inout ShareTopicRights
    ) -> ([Candidate], isEnough: Bool) {
        var candidates: [Candidate] = []
        var (byteCount, count) = (0, 0)
        let wanted = min(max(Int(request.minBytes), 0), largestByteCount)
        for (place, partition) in zip(places, sharing.partitions.find(places, of: group)) {
            guard rights.allow(place.topicID) else {
                faults.append(Fault(place: place, refusal: .topicDenied))
                continue
            }
            let lack = partition == nil ? absence(of: place, &rights) : nil
            if let refusal = refusals[place] ?? lack {
                faults.append(Fault(place: place, refusal: refusal))
                continue
            }
            // The next request begins to read what was not there, or not allowed, before this one.
            guard let partition else { continue }
            do throws(LogError) {
                guard
                    let candidate = try candidate(
                        place, partition, maxBytes: largestByteCount - byteCount,
                        isFirst: candidates.isEmpty, &positions)
                else { continue }
                candidates.append(candidate)
                byteCount += candidate.slice.byteCount
                count += Int(clamping: candidate.slice.nextOffset.rawValue - candidate.offset)
            } catch {
                broker.storageComplaints.note(
                    error, reading: partition.log.topicPartition, from: Offset(-1))
                faults.append(Fault(place: place, refusal: Refusal(error)))
            }
            if byteCount >= largestByteCount || count >= Int(request.maxRecords) { break }
        }
        return (candidates, byteCount >= wanted || count >= Int(request.maxRecords))
    }

    /// What a client is told of a partition that there is not; nil where there is one.
    func absence(
        of place: TopicIDPartition, _ rights: inout ShareTopicRights
    ) -> Refusal? {
        if broker.log.topicName(of: place.topicID) == nil { return .unknownTopicID }
        guard rights.allow(place.topicID) else { return .topicDenied }
        return broker.log.partition(place.partition, of: place.topicID) == nil
            ? .unknownSharePartition : nil
    }

    private mutating func candidate(
        _ place: TopicIDPartition, _ partition: SharePartition, maxBytes: Int, isFirst: Bool,
        _ positions: inout ReadPositions
    ) throws(LogError) -> Candidate? {
        let log = partition.log
        // The first records may be deleted between the look and the read.
        for isRetry in [false, true] {
            let end = isCommittedOnly ? log.lastStableOffset : log.highWatermark
            let (offset, version) = partition.nextFetch(limits)
            let watch = Watched(
                partition: partition, version: version, seen: offset == nil ? nil : end)
            if isRetry { watched[watched.count - 1] = watch } else { watched.append(watch) }
            guard let offset, offset < end.rawValue else { return nil }
            do throws(LogError) {
                let slice = try positions.read(
                    log, from: Offset(offset), maxBytes: max(0, maxBytes), below: end)
                guard let slice, slice.byteCount <= maxBytes || isFirst else { return nil }
                return Candidate(
                    place: place, partition: partition, slice: slice, offset: offset)
            } catch {
                if case .offsetOutOfRange = error, !isRetry { continue }
                throw error
            }
        }
        return nil
    }
}
