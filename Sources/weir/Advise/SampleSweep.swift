import Foundation
import LoadGenerator

/// The comparison that measures a sample of payload to advise on its compression.
struct SampleSweep {
    let sample: String
    /// `lines`, `ndjson` …, as `payload.format`; `-` is no sample for runs, each of which would read it.
    let format: String
    let isQuick: Bool
    /// Lingers of this length or more would break the latency budget and are not run; nil for no
    /// budget.
    let latencyBudgetMillis: Double?

    static let partitions = 2
    private static let codecs = ["none", "lz4", "snappy", "gzip", "zstd:1", "zstd:3", "zstd:9"]
    private static let quickCodecs = ["none", "lz4", "zstd:1", "zstd:3"]
    private static let batchSizes = [("16KiB", 16 << 10), ("256KiB", 256 << 10)]
    private static let lingersMillis = [5, 50]
    /// A batch must not contain a record twice, or it would compress better than a real load.
    private static let samplePerBatch = 2

    /// The profile with its sweep.
    /// - Throws: `SampleError` if the sample is too small, or cannot be read.
    func yaml() throws(SampleError) -> String {
        let size = try byteCount()
        let fitting = Self.batchSizes.filter { size >= Self.samplePerBatch * $0.1 }.map(\.0)
        guard let largest = fitting.last else {
            throw SampleError(
                description: "\(sample): only \(size) bytes; a sample has at least \(32 << 10), or "
                    + "a batch would hold its records more than once")
        }
        let lingers = Self.lingersMillis.filter { Double($0) < latencyBudgetMillis ?? .infinity }
        let batches = isQuick ? [largest] : fitting
        let codecs = isQuick ? Self.quickCodecs : Self.codecs
        let quoted = codecs.map { "\"\($0)\"" }.joined(separator: ", ")
        let waits = lingers.isEmpty ? ["0ms"] : lingers.map { "\($0)ms" }
        return """
            description: "Which compression for the records of this sample?"
            topics:
              name: sample
              partitions: \(Self.partitions)
              config: {segment.bytes: 32MiB, retention.bytes: 64MiB, file.delete.delay.ms: 0}
            producers:
              count: 1
              rate: 20k/s
            payload: {kind: corpus, file: \(Self.quoted(sample)), format: \(format)}
            consumers: [{group: readers}]
            warmup: \(isQuick ? "1s" : "2s")
            duration: \(isQuick ? "3s" : "5s")
            sweep:
              compression.type: [\(quoted)]
              batch.size: [\(batches.joined(separator: ", "))]
              linger.ms: [\(waits.joined(separator: ", "))]
            repetitions: \(isQuick ? 3 : 5)

            """
    }

    /// `advise-app` for `logs/app.log`: the name under which results are filed.
    var name: String { "advise-" + Profile.name(ofFile: sample) }

    /// The same for codecs alone: `codecs-app`.
    static func codecsName(of sample: String) -> String {
        "codecs-" + Profile.name(ofFile: sample)
    }

    private func byteCount() throws(SampleError) -> Int {
        // Known only once they were read.
        if sample == "-" || ["files", "segments"].contains(format) { return .max / 2 }
        let attributes = try? FileManager.default.attributesOfItem(atPath: sample)
        guard let size = attributes?[.size] as? Int else {
            throw SampleError(description: "\(sample): cannot be read; name a file of records")
        }
        return size
    }

    /// As YAML's double quotes take it.
    static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}

/// Why no advice is possible on a sample.
struct SampleError: Error, CustomStringConvertible {
    let description: String
}
