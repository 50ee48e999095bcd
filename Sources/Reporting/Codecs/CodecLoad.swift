import Measurement

extension CodecBill {
    /// The load, and what the cluster makes of it.
    public struct Load: Sendable {
        public var recordsPerSecond: Double
        /// Copies of each partition, the leader's included.
        public var replication: Int
        public var retentionDays: Double
        /// Consumer groups that read everything.
        public var consumers: Int

        public init(
            recordsPerSecond: Double, replication: Int, retentionDays: Double, consumers: Int
        ) {
            self.recordsPerSecond = recordsPerSecond
            self.replication = replication
            self.retentionDays = retentionDays
            self.consumers = consumers
        }

        /// - Parameters:
        ///   - storedBytes: of one record, in one copy.
        ///   - compressNanos: CPU time for one record; likewise `decompressNanos`, for one group.
        func costs(
            storedBytes: Double, compressNanos: Double, decompressNanos: Double
        ) -> Costs {
            let stored = recordsPerSecond * storedBytes
            let day = stored * 86_400 * Double(replication)
            return Costs(
                producerCores: recordsPerSecond * compressNanos / 1e9,
                consumerCores: recordsPerSecond * decompressNanos / 1e9 * Double(consumers),
                inRate: stored, outRate: stored * Double(consumers), storedADay: day,
                stored: day * retentionDays)
        }

        /// `zstd:1 at 50.0 k/s: 4.30 MB/s stored, 372 GB a day, 7.80 TB for 7 days at replication 3; …`.
        func sentence(_ setting: String, _ costs: Costs) -> String {
            let day = costs.storedADay / Double(replication)
            let days = retentionDays == 1 ? "a day" : "\(Figure.plain(retentionDays)) days"
            return
                "\(setting) at \(Figure.rate(recordsPerSecond)): \(Figure.byteRate(costs.inRate)) "
                + "stored, \(Figure.bytes(day)) a day, \(Figure.bytes(costs.stored)) for "
                + "\(days) at replication \(replication); \(CodecBill.bits(costs.inRate)) in, "
                + "\(CodecBill.bits(costs.outRate)) out; \(CodecBill.cores(costs.producerCores)) cores in "
                + "the producers and \(CodecBill.cores(costs.consumerCores)) in the consumers for the "
                + "codec."
        }

        /// The same of a variant's runs, rows of `summary.csv`, without `INVALID` ones; nil if they measured
        /// too little.
        public func sentence(_ setting: String, runs: [CSVTable.Row]) -> String? {
            let runs = runs.filter { $0["verdict"] != Verdict.invalid.rawValue }
            func median(_ part: String, by whole: String) -> Double? {
                Statistics.median(
                    runs.compactMap { row in
                        guard let part = row.number(part), let whole = row.number(whole), whole > 0
                        else { return nil }
                        return part / whole
                    })
            }
            guard let stored = median("stored_bytes", by: "acked_records") else { return nil }
            let plain = median("uncompressed_batch_bytes", by: "acked_records") ?? 0
            func nanos(_ column: String) -> Double {
                (Statistics.median(runs.compactMap { $0.number(column) }) ?? 0) * plain
            }
            return sentence(
                setting,
                costs(
                    storedBytes: stored, compressNanos: nanos("compress_ns_per_byte"),
                    decompressNanos: nanos("decompress_ns_per_byte")))
        }
    }
}
