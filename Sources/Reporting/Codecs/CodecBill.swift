import Foundation
import Measurement

/// Who pays for a compression setting at the user's rate: producers, consumers, network and disks.
public struct CodecBill {
    let load: Load
    /// The front of one size of batches, from the cheapest.
    let rows: [CodecRow]

    /// - Parameter rows: of all sizes; those nearest to Kafka's default batch.size count.
    public init?(_ rows: [CodecRow], _ load: Load) {
        func distance(_ row: CodecRow) -> Double {
            abs(log(row.bytesPerBatch / Self.defaultBatchSize))
        }
        guard let nearest = rows.min(by: { distance($0) < distance($1) })?.batch else { return nil }
        self.rows = CodecRow.front(rows.filter { $0.batch == nearest })
        self.load = load
    }

    private static let defaultBatchSize = 16_384.0

    /// What one setting costs.
    struct Costs {
        var producerCores: Double
        var consumerCores: Double
        /// From the producers, and to the consumers, in bytes a second.
        var inRate: Double
        var outRate: Double
        /// On all replicas together.
        var storedADay: Double
        var stored: Double
    }

    func costs(_ row: CodecRow) -> Costs? {
        guard let ratio = row.ratio?.value, ratio > 0 else { return nil }
        let bytes = row.bytesPerBatch / row.recordsPerBatch
        return load.costs(
            storedBytes: bytes / ratio,
            compressNanos: bytes * (row.compressNanosPerByte?.value ?? 0),
            decompressNanos: bytes * (row.decompressNanosPerByte?.value ?? 0))
    }

    /// What the setting where the front bends stores and costs; empty without one.
    public var sentence: String {
        guard let knee = CodecKnee(rows), let costs = costs(knee.row) else { return "" }
        return load.sentence(knee.row.setting, costs)
    }

    public var text: String {
        guard let batch = rows.first?.batch else { return "" }
        var table = TextTable()
        table.add([
            "", "producers", "consumers", "in", "", "out", "", "stored a day",
            "in \(Figure.plain(load.retentionDays)) days",
        ])
        for row in rows {
            guard let costs = costs(row) else { continue }
            table.add([
                row.setting, Self.cores(costs.producerCores), Self.cores(costs.consumerCores),
                Figure.byteRate(costs.inRate), Self.bits(costs.inRate),
                Figure.byteRate(costs.outRate), Self.bits(costs.outRate),
                Figure.bytes(costs.storedADay), Figure.bytes(costs.stored),
            ])
        }
        let heading =
            "Who pays at \(Figure.rate(load.recordsPerSecond)) with \(batch.text), "
            + "\(load.consumers) consumer group\(load.consumers == 1 ? "" : "s") and replication "
            + "\(load.replication): CPU cores for the codec alone, network, and disk on all replicas"
        return (SummaryReport.wrapped(heading, indent: 0) + table.lines(gap: 2)).joined(
            separator: "\n") + "\n"
    }

    static func cores(_ cores: Double) -> String {
        cores > 0 && cores < 0.001 ? "<0.001" : Figure.fixed(cores, digits: cores < 10 ? 3 : 1)
    }

    static func bits(_ bytesPerSecond: Double) -> String {
        Figure.significant(bytesPerSecond * 8 / 1e6) + " Mbit/s"
    }
}
