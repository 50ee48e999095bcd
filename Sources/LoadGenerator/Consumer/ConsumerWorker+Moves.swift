import RecordFormat

// The partitions of a member come and go where the run does not assign them.
extension ConsumerWorker {
    /// Takes up what has moved.
    mutating func follow(_ audits: AuditPool) {
        for move in session.takeMoves() {
            switch move {
            case .taken(let partitions): awaited.formUnion(partitions)
            case .revoked(let partitions): session.release(giveUp(partitions, to: audits))
            case .lost(let partitions): _ = giveUp(partitions, to: audits)
            case .failed(let error): failure = failure ?? error
            }
        }
        for partition in awaited {
            guard let audit = audits.take(partition) else { continue }
            awaited.remove(partition)
            places[partition] = assignments.count
            // The first batch says where it begins: the group may have committed less than it has read.
            assignments.append(
                Assignment(position: board.start(of: partition), audit: audit))
            fresh.append(partition)
        }
    }

    /// - Returns: up to where it has read those that it had.
    private mutating func giveUp(
        _ partitions: [Int], to audits: AuditPool
    ) -> [(partition: Int, offset: Offset)] {
        let gone = Set(partitions)
        awaited.subtract(gone)
        fresh.removeAll(where: gone.contains)
        var positions: [(partition: Int, offset: Offset)] = []
        for index in assignments.indices where gone.contains(assignments[index].partition) {
            let (partition, position) = (assignments[index].partition, assignments[index].position)
            assignments[index].audit.letGo()
            audits.put(assignments[index].audit)
            // One of which it has read nothing stays where it is.
            if position > board.start(of: partition) { positions.append((partition, position)) }
        }
        assignments.removeAll { gone.contains($0.partition) }
        places = Dictionary(
            uniqueKeysWithValues: assignments.enumerated().map { ($1.partition, $0) })
        // Places are others now.
        unreleased = Set(assignments.indices)
        return positions
    }
}
