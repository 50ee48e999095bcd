import KafkaProtocol

// Deleting share groups: first what they did with records, then what was written of them.

extension GroupCoordinator {
    /// Deletes the share groups among these, whose codes are nil, one after the other.
    func deleteShareGroups(
        _ ids: [String], _ codes: [ErrorCode?], _ reply: @escaping @Sendable ([ErrorCode]) -> Void
    ) {
        let shared = zip(ids, codes).filter { $0.1 == nil }.map(\.0)
        eventLoop.mapInTurns(shared) {
            self.deleteShareGroup($0, $1)
        } _: { deleted in
            var deleted = deleted[...]
            reply(codes.map { $0 ?? deleted.popFirst() ?? .unknownServerError })
        }
    }

    /// The group is gone once its end is appended. Where that fails it stays, without what it did with records.
    private func deleteShareGroup(_ id: String, _ done: @escaping (ErrorCode) -> Void) {
        guard let group = state.groups[id], let known = group.share else {
            return done(.groupIDNotFound)
        }
        forget(known.sharedPartitions, of: id) { errors in
            if let error = errors.first(where: { $0 != .none }) { return done(error) }
            guard self.state.groups[id] === group else { return done(.groupIDNotFound) }
            // Somebody may have joined meanwhile.
            guard group.isEmpty else { return done(.nonEmptyGroup) }
            self.write(
                self.tombstones(of: group), for: id, tooLarge: .unknownServerError,
                didAppend: { _ in
                    self.drop(group)
                    self.state.shareStates?.groupDeleted(id)
                }, done: done)
        }
    }
}
