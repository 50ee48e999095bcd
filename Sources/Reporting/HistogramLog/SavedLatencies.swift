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
        var parts: [String?: [Part]] = [:]
        for entry in try HistogramLogReader.entries(at: log) {
            let tag = HistogramLogEntry.parse(tag: entry.tag)
            let variant = tag?.variant
            if parts[variant] == nil { variants.append(variant) }
            parts[variant, default: []].append(
                Part(
                    name: tag?.kind.rawValue ?? entry.tag, group: tag?.group,
                    histogram: entry.histogram))
        }
        guard !variants.isEmpty else {
            throw .notResults(path: path, reason: "its histogram log has no histogram")
        }
        return variants.map { SavedLatencies(name: name, variant: $0, parts: parts[$0]!) }
    }

    private struct Part {
        let name: String
        let group: String?
        let histogram: LatencyHistogram
    }

    private init(name: String, variant: String?, parts: [Part]) {
        self.name = name
        self.variant = variant
        var latencies: [Latency] = []
        let kinds = LatencyKind.allCases.map(\.rawValue)
        let others = parts.map(\.name).uniqued().filter { !kinds.contains($0) }
        for name in kinds + others {
            let own = parts.filter { $0.name == name }
            guard !own.isEmpty else { continue }
            let all = own.reduce(into: LatencyHistogram()) { $0.add($1.histogram) }
            latencies.append(Latency(name: name, group: nil, histogram: all))
            let groups = Dictionary(grouping: own, by: \.group)
            guard groups.count > 1 else { continue }
            for group in groups.keys.sorted(by: { ($0 ?? "") < ($1 ?? "") }) {
                let histogram = groups[group]!.reduce(into: LatencyHistogram()) {
                    $0.add($1.histogram)
                }
                latencies.append(Latency(name: name, group: group, histogram: histogram))
            }
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
