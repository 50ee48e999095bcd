import Measurement

extension CodecBill {
    /// What a setting costs a month.
    struct Month {
        let setting: String
        let coreHours: Double
        let cpu: Double
        let disk: Double
        let zones: Double

        var total: Double { cpu + disk + zones }
    }

    private static let hours = 730.0

    func months(_ prices: CodecPrices) -> [Month] {
        rows.compactMap { row in
            guard let costs = costs(row) else { return nil }
            let coreHours = (costs.producerCores + costs.consumerCores) * Self.hours
            // Each replica but the leader gets all bytes from another zone.
            let replicated = costs.inRate * Double(load.replication - 1) * Self.hours * 3_600
            return Month(
                setting: row.setting, coreHours: coreHours, cpu: coreHours * prices.coreHour,
                disk: costs.stored / 1e9 * prices.gbMonth, zones: replicated / 1e9 * prices.zoneGB)
        }
    }

    /// What each setting of the front costs a month, from the cheapest, and where that would change.
    public func months(at prices: CodecPrices, width: Int) -> String {
        let months = months(prices).sorted { $0.total < $1.total }
        guard let cheapest = months.first else { return "" }
        var table = TextTable()
        table.add(["", "CPU", "disk", "between zones", "a month"])
        for month in months {
            table.add(
                [month.setting]
                    + [month.cpu, month.disk, month.zones, month.total].map(Figure.significant))
        }
        var sentence = "\(cheapest.setting) costs least at these prices."
        for other in months.dropFirst() {
            guard let price = Self.breakEven(cheapest, other) else { continue }
            sentence +=
                " \(other.setting) would cost the same at a core-hour of "
                + "\(Figure.significant(price)) instead of \(Figure.significant(prices.coreHour))."
            break
        }
        let note =
            "A month has 730 hours. Disk is for what is kept, on all replicas; between zones are the bytes of "
            + "each replica but the leader."
        return
            (SummaryReport.wrapped(sentence, indent: 0, width: width) + table.lines(gap: 2)
            + SummaryReport.wrapped(note, indent: 0, width: width)).joined(separator: "\n") + "\n"
    }

    /// The price of a core-hour at which both cost the same; nil if one costs less at every price.
    static func breakEven(_ a: Month, _ b: Month) -> Double? {
        let hours = b.coreHours - a.coreHours
        guard hours != 0 else { return nil }
        let price = (a.disk + a.zones - b.disk - b.zones) / hours
        return price > 0 && price.isFinite ? price : nil
    }
}
