import CommitLog
import KafkaProtocol
import RecordFormat

// What the coordinator of groups asks for.

extension Sharing: ShareStates {
    func describe(
        _ places: [TopicIDPartition], of group: String,
        _ reply: @escaping @Sendable ([Result<ShareStart?, ShareStateError>]) -> Void
    ) {
        if let error = partitions.unavailability {
            return reply(places.map { _ in .failure(ShareStateError(code: error)) })
        }
        reply(
            partitions.find(places, of: group).map { partition in
                .success(
                    partition.map { partition in
                        let position = partition.position
                        return ShareStart(
                            offset: Offset(position.start), leaderEpoch: partition.log.leaderEpoch,
                            lag: position.lag)
                    })
            })
    }

    func begin(
        _ starts: [(TopicIDPartition, Offset)], of group: String, groupEpoch: Int32,
        _ reply: @escaping @Sendable ([ErrorCode]) -> Void
    ) {
        write(starts, reply) { [partitions] place, offset throws(Refusal) in
            try partitions.begin(place, of: group, at: offset.rawValue, epoch: groupEpoch)
        }
    }

    func forget(
        _ places: [TopicIDPartition], of group: String,
        _ reply: @escaping @Sendable ([ErrorCode]) -> Void
    ) {
        release(sessions.closeAll(of: group))
        write(places.map { ($0, Offset.zero) }, reply) {
            [partitions] place, _ throws(Refusal) in
            try partitions.forget(place, of: group)
        }
    }

    /// Members may have fetched from partitions that they were not assigned.
    func groupDeleted(_ group: String) {
        // A fetch of somebody who has left must not begin to read anew.
        _ = sessions.closeAll(of: group)
        partitions.whenLoaded { [self] in
            let rest = partitions.all(of: group).map { TopicIDPartition($0.key) }
            if !rest.isEmpty { forget(rest, of: group) { _ in } }
        }
    }

    /// Makes a change to each place on another thread, and replies once all of them are as durable as
    /// promised.
    private func write(
        _ places: [(TopicIDPartition, Offset)], _ reply: @escaping @Sendable ([ErrorCode]) -> Void,
        _ body:
            @escaping @Sendable (TopicIDPartition, Offset) throws(Refusal) ->
            SharePartition.Written
    ) {
        if let error = partitions.unavailability { return reply(places.map { _ in error }) }
        blockingWork.run { [self] in
            var codes: [ErrorCode] = []
            var written: [SharePartition.Written] = []
            for (place, offset) in places {
                do throws(Refusal) {
                    written.append(try body(place, offset))
                    codes.append(.none)
                } catch {
                    codes.append(error.code)
                }
            }
            flush(written) { [codes] failure in
                guard failure != nil else { return reply(codes) }
                reply(codes.map { $0 == .none ? .kafkaStorageError : $0 })
            }
        }
    }
}
