import RecordFormat

/// Kafka's `leader-epoch-checkpoint`: where each leader epoch of the partition begins.
///
/// A single node leads from the start, so a partition of ours has epoch 0 from offset 0; one that
/// another broker wrote keeps its epochs, and appends go on under the latest.
struct LeaderEpochCheckpoint: Equatable {
    static let fileName = "leader-epoch-checkpoint"

    var entries: [(epoch: LeaderEpoch, startOffset: Offset)]

    var latest: LeaderEpoch { entries.last?.epoch ?? LeaderEpoch(0) }

    static func loadOrCreate(in directory: String) throws(LogError) -> LeaderEpochCheckpoint {
        let path = "\(directory)/\(fileName)"
        if let bytes = try DurableFile.read(path), let checkpoint = decode(bytes) {
            return checkpoint
        }
        // Made anew wherever it is missing, so it need not be durable.
        let checkpoint = LeaderEpochCheckpoint(entries: [(LeaderEpoch(0), .zero)])
        try DurableFile.replace(path, with: Array(checkpoint.text.utf8), isDurable: false)
        return checkpoint
    }

    /// The checkpoint of a partition whose directory was just made: nothing is there to be
    /// replaced, and a file that a crash tears is made anew.
    static func create(inNew directory: String) throws(LogError) -> LeaderEpochCheckpoint {
        let checkpoint = LeaderEpochCheckpoint(entries: [(LeaderEpoch(0), .zero)])
        let file = try File("\(directory)/\(fileName)", .create)
        try file.write(Array(checkpoint.text.utf8), at: 0)
        return checkpoint
    }

    var text: String {
        CheckpointText.encode(entries.map { "\($0.epoch) \($0.startOffset)" })
    }

    private static func decode(_ bytes: [UInt8]) -> LeaderEpochCheckpoint? {
        guard let lines = CheckpointText.decode(bytes, fieldCount: 2) else { return nil }
        var entries: [(LeaderEpoch, Offset)] = []
        for line in lines {
            guard let epoch = Int32(line[0]), let offset = Int64(line[1]) else { return nil }
            entries.append((LeaderEpoch(epoch), Offset(offset)))
        }
        return LeaderEpochCheckpoint(entries: entries)
    }

    static func == (left: LeaderEpochCheckpoint, right: LeaderEpochCheckpoint) -> Bool {
        left.text == right.text
    }
}
