/// The metadata log in a log directory: read when somebody asks for it, and taken over once.
///
/// `cluster-metadata-checkpoint` names the files of the log, with their sizes, as they were when
/// its settings were taken over. As long as they are the same, Kafka has not run since, and what
/// was altered here holds.
struct ClusterMetadataSource {
    static let fileName = "cluster-metadata-checkpoint"

    private let directory: String
    /// A line a file; empty where there is no such log.
    private let files: [String]
    /// Whether the log has something that was not taken over.
    let isNew: Bool
    /// Whether any was taken over before.
    let wasTakenOver: Bool
    var hasLog: Bool { !files.isEmpty }
    private var reading: Result<ClusterMetadata?, LogError>?

    init(directory: String) throws(LogError) {
        self.directory = directory
        files = try Self.files(in: "\(directory)/\(ClusterMetadataTopic.directoryName)")
        let taken = try DurableFile.read("\(directory)/\(Self.fileName)").flatMap {
            CheckpointText.decode($0, fieldCount: 2)?.map { $0.joined(separator: " ") }
        }
        wasTakenOver = taken != nil
        isNew = !files.isEmpty && taken != files
    }

    private static func files(in path: String) throws(LogError) -> [String] {
        guard try fileStatus(path) != nil else { return [] }
        var lines: [String] = []
        for entry in try directoryEntries(path) where !entry.isDirectory {
            let isLog =
                SegmentFileName.offset(in: entry.name, extension: SegmentFileName.log) != nil
            guard isLog || MetadataSnapshotName(entry.name) != nil,
                let status = try fileStatus("\(path)/\(entry.name)")
            else { continue }
            lines.append("\(entry.name) \(status.byteCount)")
        }
        return lines
    }

    /// What the log says; nil where there is none. Throws what `ClusterMetadataLog.read` does.
    mutating func metadata() throws(LogError) -> ClusterMetadata? {
        if let reading { return try reading.get() }
        let log = ClusterMetadataLog(path: "\(directory)/\(ClusterMetadataTopic.directoryName)")
        let result: Result<ClusterMetadata?, LogError>
        do throws(LogError) {
            result = .success(files.isEmpty ? nil : try log.read())
        } catch {
            result = .failure(error)
        }
        reading = result
        return try result.get()
    }

    /// The settings of the log are taken over, as far as they can be. A log that could not be read
    /// is looked at again at the next start.
    func remember() throws(LogError) {
        guard isNew, case .success? = reading else { return }
        try DurableFile.replace(
            "\(directory)/\(Self.fileName)", with: CheckpointText.encode(files))
    }
}
