import Foundation
import Measurement

/// The latencies of a run, or of a variant of a comparison over all its repetitions, summed from
/// the histogram log of a results folder.
public struct SavedLatencies: Sendable {
    /// One latency: of a kind, and, for end-to-end latencies, of a consumer group; or one tag of
    /// another program's log.
    public struct Latency: Sendable {
        /// A kind's name, or the tag; empty without a tag.
        public let name: String
        /// Nil for all groups together.
        public let group: String?
        public let histogram: LatencyHistogram
    }

    /// The run's name; the log's own name outside of results folders.
    public let name: String
    /// The folder of the variant below `runs`, in a comparison's log; nil in a run's.
    public let variant: String?
    /// In the order of `LatencyKind`, then each group's by itself if there are several, then other
    /// programs' tags in the order of the log.
    public let latencies: [Latency]

    /// Reads the log of a run (one result), of a comparison (one for each variant), or of another
    /// program.
    /// - Parameter path: a results folder, or a histogram log.
    public static func read(_ path: String) throws(ReportingError) -> [SavedLatencies] {
        var isDirectory: ObjCBool = false
        let exists = unsafe FileManager.default.fileExists(
            atPath: path, isDirectory: &isDirectory)
        let isFolder = exists && isDirectory.boolValue
        let name =
            isFolder
            ? try SavedResults(path: path, tables: []).name
            : URL(filePath: path).deletingPathExtension().lastPathComponent
        let log = isFolder ? path + "/" + HistogramLogWriter.fileName : path
        var variants: [String?] = []
        var sums: [String?: [Key: LatencyHistogram]] = [:]
        var names: [String] = []
        try HistogramLogReader.forEach(at: log) { (entry) throws(ReportingError) in
            let tag = HistogramLogEntry.parse(tag: entry.tag)
            let key = Key(name: tag?.kind.rawValue ?? entry.tag, group: tag?.group)
            if sums[tag?.variant] == nil { variants.append(tag?.variant) }
            if !names.contains(key.name) { names.append(key.name) }
            sums[tag?.variant, default: [:]][key, default: LatencyHistogram()].add(
                try entry.histogram())
        }
        guard !variants.isEmpty else {
            throw .notResults(path: path, reason: "its histogram log has no histogram")
        }
        let kinds = LatencyKind.allCases.map(\.rawValue)
        let order = kinds + names.filter { !kinds.contains($0) }
        return variants.map {
            SavedLatencies(name: name, variant: $0, sums: sums[$0]!, order: order)
        }
    }

    private struct Key: Hashable {
        let name: String
        let group: String?
    }

    private init(
        name: String, variant: String?, sums: [Key: LatencyHistogram], order: [String]
    ) {
        self.name = name
        self.variant = variant
        var latencies: [Latency] = []
        for name in order {
            let own = sums.filter { $0.key.name == name }.map { ($0.key.group, $0.value) }
                .sorted { ($0.0 ?? "") < ($1.0 ?? "") }
            guard !own.isEmpty else { continue }
            let all = own.reduce(into: LatencyHistogram()) { $0.add($1.1) }
            latencies.append(Latency(name: name, group: nil, histogram: all))
            guard own.count > 1 else { continue }
            latencies += own.map { Latency(name: name, group: $0.0, histogram: $0.1) }
        }
        self.latencies = latencies
    }
}

extension HistogramLogEntry {
    /// The meaning of a tag of ours: `e2e_latency:readers` in the log of a run, and
    /// `zstd-3/2/e2e_latency:readers` in that of a comparison. Nil for other tags.
    static func parse(
        tag: String
    ) -> (variant: String?, kind: LatencyKind, group: String?)? {
        // A group's name has its slashes escaped.
        var places = tag.split(separator: "/", omittingEmptySubsequences: false)
        let own = places.removeLast()
        guard places.isEmpty || places.count == 2 && Int(places[1]) != nil else { return nil }
        let parts = own.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let kind = parts.first.flatMap({ LatencyKind(rawValue: String($0)) }) else {
            return nil
        }
        let variant = places.first.map(String.init)
        guard parts.count == 2 else { return (variant, kind, nil) }
        return parts[1].removingPercentEncoding.map { (variant, kind, $0) }
    }
}
