/// The topics of a log directory, ours or Kafka's, with their segments. Needs no lock and changes
/// nothing; a segment that is deleted meanwhile is listed all the same.
public struct LogListing: Sendable {
    public struct Segment: Sendable, Equatable {
        /// Of the `.log` file.
        public let path: String
        public let byteCount: Int
    }

    public struct Topic: Sendable, Equatable {
        public let name: String
        public fileprivate(set) var partitionCount = 0
        /// By partition, then by offset.
        public fileprivate(set) var segments: [Segment] = []

        public var byteCount: Int { segments.reduce(0) { $0 + $1.byteCount } }
    }

    /// By name, without those that have no byte.
    public let topics: [Topic]

    /// Lists the partitions in a log directory, or the one partition whose directory it is.
    public init(directory: String) throws(LogError) {
        var topics: [String: Topic] = [:]
        func add(_ path: String, named name: String) throws(LogError) {
            guard let partition = StandingTopics.topicPartition(name) else { return }
            let segments = try Self.segments(in: path)
            guard !segments.isEmpty else { return }
            topics[partition.topic, default: Topic(name: partition.topic)].partitionCount += 1
            topics[partition.topic]?.segments += segments
        }
        for entry in try directoryEntries(directory) where entry.isDirectory {
            try add("\(directory)/\(entry.name)", named: entry.name)
        }
        if topics.isEmpty {
            let name = directory.split(separator: "/").last.map(String.init) ?? directory
            try add(directory, named: name)
        }
        self.topics = topics.values.filter { $0.byteCount > 0 }.sorted { $0.name < $1.name }
    }

    private static func segments(in path: String) throws(LogError) -> [Segment] {
        var segments: [Segment] = []
        for entry in try directoryEntries(path) {
            let isLog =
                SegmentFileName.offset(in: entry.name, extension: SegmentFileName.log) != nil
            guard isLog, let status = try fileStatus("\(path)/\(entry.name)"),
                status.byteCount > 0
            else { continue }
            segments.append(
                Segment(path: "\(path)/\(entry.name)", byteCount: status.byteCount))
        }
        return segments
    }
}

extension LogListing.Segment {
    /// The beginning of a batch at or before a position, by the index beside the file; without an index
    /// that holds, the file's beginning.
    public func batchPosition(before position: Int) -> Int {
        let index = path.dropLast(SegmentFileName.log.count) + SegmentFileName.offsetIndex
        let entries = (try? IndexDump.offsetIndex(path: String(index))) ?? []
        return entries.last { $0.position <= position }?.position ?? 0
    }
}
