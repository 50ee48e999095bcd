import Foundation

/// The topics of one run in a cluster, as its file `created-topics.txt` names them: a line with the
/// cluster's id, and a line for each topic. The file is there while the topics are.
public struct LeftTopics: Equatable, Sendable {
    private static let clusterMark = "cluster "
    private static let maximumByteCount = 4 << 20

    public let clusterID: String
    public let names: [String]

    init(clusterID: String, names: [String]) {
        self.clusterID = clusterID
        self.names = names
    }

    /// Nil if the file is none that a run wrote.
    public init?(path: String) {
        guard let file = FileHandle(forReadingAtPath: path),
            let bytes = try? file.read(upToCount: Self.maximumByteCount + 1),
            bytes.count <= Self.maximumByteCount
        else { return nil }
        self.init(text: String(decoding: bytes, as: UTF8.self))
    }

    init?(text: String) {
        let lines = text.split(separator: "\n").map(String.init)
        guard let first = lines.first, first.hasPrefix(Self.clusterMark),
            lines.dropFirst().allSatisfy(ProfileDocument.isResourceName)
        else { return nil }
        clusterID = String(first.dropFirst(Self.clusterMark.count))
        names = Array(lines.dropFirst())
    }

    /// As the file has it.
    var text: String {
        ([Self.clusterMark + clusterID] + names).map { $0 + "\n" }.joined()
    }
}
