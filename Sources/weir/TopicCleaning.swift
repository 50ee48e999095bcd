import Foundation
import LoadGenerator
import Reporting

/// The topics that killed runs have left in clusters, listed or removed.
struct TopicCleaning {
    private let left: [(file: String, topics: LeftTopics)]

    init(_ leftovers: Leftovers, in directories: [String]) {
        left = leftovers.files(named: CreatedTopics.fileName, in: directories).compactMap { file in
            LeftTopics(path: file).map { (file, $0) }
        }
    }

    /// - Parameters:
    ///   - servers: the cluster's; nil to tell only that there are topics.
    ///   - client: further settings of the client.
    /// - Returns: whether any were listed or removed.
    func run(
        at servers: String?, client: [String: String], removes: Bool
    ) throws -> Bool {
        guard !left.isEmpty else { return false }
        guard let servers = servers ?? client["bootstrap.servers"] else {
            for (file, topics) in left {
                try printOut("\(file): topics \(topics.names.joined(separator: ", "))")
            }
            try printOut(
                "topics that killed runs may have left in a cluster; name it with --bootstrap-server"
            )
            return true
        }
        let cluster = try TopicRemoval(servers: servers, client: client)
        defer { cluster.close() }
        var hasAny = false
        for (file, topics) in left {
            let names = cluster.names(of: topics)
            if removes, cluster.isHome(of: topics) {
                _ = try cluster.remove(topics)
                try? FileManager.default.removeItem(atPath: file)
            }
            for name in names {
                try printOut(removes ? "deleted the topic \(name)" : "topic \(name), of \(file)")
            }
            hasAny = hasAny || !names.isEmpty
        }
        return hasAny
    }
}
