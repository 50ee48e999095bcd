import RecordFormat

extension LogDirectory {
    /// Directories with this ending are being removed.
    static let deletedSuffix = "-delete"

    /// Deletes a topic. Appends to it fail from now on; slices that were read stay readable.
    public func deleteTopic(_ name: String) throws(LogError) {
        try administration.withLock { (_) throws(LogError) in
            let topic = try openTopic(name)
            registry.withLock { registry in
                registry.remove(topic)
                registry.deletedTopics[name] = TopicCheckpoint.Entry(
                    id: topic.id, partitionCount: topic.partitions.count, overrides: [:],
                    isDeleted: true)
            }
            do throws(LogError) {
                // From here on a crash finishes the deletion instead of undoing half of it.
                try writeTopics()
            } catch {
                registry.withLock { registry in
                    registry.add(topic)
                    registry.deletedTopics[name] = nil
                }
                throw error
            }
            registry.withLock { $0.partitions.removeAll { $0.topicPartition.topic == name } }
            let removals = try retire(topic)
            try cleaner.forget(topic.partitions.map(\.topicPartition))
            for partition in topic.partitions { faults.forget(partition.path) }
            try forgetOffsets(of: topic.partitions)
            registry.withLock { $0.deletedTopics[name] = nil }
            try writeTopics()
            retainer.submit { [weak self] in self?.remove(removals) }
        }
    }

    /// Ends the partitions and renames their directories, so that their names are free; returns the
    /// new ones.
    private func retire(_ topic: Topic) throws(LogError) -> [String] {
        var removals: [String] = []
        for partition in topic.partitions {
            partition.endAppends()
            let removal =
                partition.path.prefix(path.utf8.count + 200)
                + ".\(TopicID.random())\(Self.deletedSuffix)"
            try partition.maintenance.withLock { (_) throws(LogError) in
                try renameFile(partition.path, to: String(removal))
            }
            removals.append(String(removal))
        }
        return removals
    }

    private func remove(_ directories: [String]) {
        for directory in directories {
            faults.attempt(.removal, at: directory) { () throws(LogError) in
                try removeDirectoryTree(directory)
            }
        }
    }
}
