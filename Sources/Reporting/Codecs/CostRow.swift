import Measurement

/// One row of `costs.csv`: who pays for a setting, and with prices how much a month.
public struct CostRow: TableRow, Sendable {
    public static let fileName = "costs.csv"
    public static let holds =
        "of `weir advise`: one row for each setting on the front, with who pays for it and, with `--prices`, how "
        + "much a month"

    public var runID = ""
    public let topic: String?
    public let codec: String
    public let level: Int?
    let batchRecords: Int?
    let batchSizeBytes: Int?
    let costs: CodecBill.Costs
    /// From the leaders to the other replicas, in bytes a second.
    let replicatedRate: Double
    /// Nil without.
    public let prices: CodecPrices?

    init(_ row: CodecRow, _ costs: CodecBill.Costs, replication: Int, prices: CodecPrices?) {
        topic = row.topic
        codec = row.codec
        level = row.level
        batchRecords = row.batchRecords
        batchSizeBytes = row.batchSizeBytes
        self.costs = costs
        // Each replica but the leader gets all bytes from another zone.
        replicatedRate = costs.inRate * Double(replication - 1)
        self.prices = prices
    }

    static let hoursAMonth = 730.0

    var setting: String { level.map { "\(codec):\($0)" } ?? codec }
    var coreHours: Double { (costs.producerCores + costs.consumerCores) * Self.hoursAMonth }
    /// In 10⁹ bytes, all replicas together.
    var diskGB: Double { costs.stored / 1e9 }
    var zoneGB: Double { replicatedRate * Self.hoursAMonth * 3_600 / 1e9 }

    // MARK: A month; nil without prices

    var producerCost: Double? { prices.map { price($0, cores: costs.producerCores) } }
    var consumerCost: Double? { prices.map { price($0, cores: costs.consumerCores) } }
    var diskCost: Double? { prices.map { diskGB * $0.gbMonth } }
    var zoneCost: Double? { prices.map { zoneGB * $0.zoneGB } }
    var total: Double? {
        let parts = [producerCost, consumerCost, diskCost, zoneCost].compactMap(\.self)
        return parts.isEmpty ? nil : parts.reduce(0, +)
    }

    private func price(_ prices: CodecPrices, cores: Double) -> Double {
        cores * Self.hoursAMonth * prices.coreHour
    }

    /// The price of a core-hour at which both cost the same; nil if one costs less at every price.
    static func breakEven(_ a: CostRow, _ b: CostRow) -> Double? {
        let hours = b.coreHours - a.coreHours
        func others(_ row: CostRow) -> Double { (row.diskCost ?? 0) + (row.zoneCost ?? 0) }
        guard hours != 0 else { return nil }
        let price = (others(a) - others(b)) / hours
        return price > 0 && price.isFinite ? price : nil
    }

    public static let columns: [Column<CostRow>] =
        [
            .text("run_id", "Name of the measurement, as in codecs.csv.") { $0.runID },
            .text("topic", "With `--log-dir`: the topic.") { $0.topic },
            .text("codec", "As `compression.type`.") { $0.codec },
            .integer("level", "As in codecs.csv.") { $0.level },
            .integer("batch_records", "As in codecs.csv.") { $0.batchRecords },
            .integer("batch_size_bytes", "As in codecs.csv.") { $0.batchSizeBytes },
            .decimal("producer_cores", "CPU cores that compress, in all producers.", digits: 12) {
                $0.costs.producerCores
            },
            .decimal("consumer_cores", "CPU cores that decompress, in all consumers.", digits: 12) {
                $0.costs.consumerCores
            },
            .decimal("in_rate_mb_per_s", "Record batches from the producers.") {
                $0.costs.inRate / 1e6
            },
            .decimal("out_rate_mb_per_s", "Record batches to the consumers.") {
                $0.costs.outRate / 1e6
            },
            .decimal("disk_gb", "10⁹ bytes that are kept, on all replicas together.", digits: 12) {
                $0.diskGB
            },
            .decimal(
                "zone_gb_per_month", "10⁹ bytes to all replicas but the leader, in 730 hours."
            ) { $0.zoneGB },
        ] + ofPrices

    private static let ofPrices: [Column<CostRow>] = [
        .decimal("core_hour_price", "`core_hour` of `--prices`; empty without.", digits: 12) {
            $0.prices?.coreHour
        },
        .decimal("gb_month_price", "`gb_month` of it.", digits: 12) { $0.prices?.gbMonth },
        .decimal("zone_gb_price", "`zone_gb` of it.", digits: 12) { $0.prices?.zoneGB },
        .decimal("producer_cost_per_month", "CPU time of compression.", digits: 12) {
            $0.producerCost
        },
        .decimal("consumer_cost_per_month", "CPU time of decompression.", digits: 12) {
            $0.consumerCost
        },
        .decimal("disk_cost_per_month", "Disk.", digits: 12) { $0.diskCost },
        .decimal("zone_cost_per_month", "Between zones.", digits: 12) { $0.zoneCost },
        .decimal("cost_per_month", "All of it.", digits: 12) { $0.total },
    ]
}
