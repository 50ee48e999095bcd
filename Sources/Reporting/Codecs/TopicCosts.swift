import Measurement

/// What the topics of a log cost a month, by setting.
///
/// The log itself says how much is written in which time, and how much is kept: so there is no rate and no
/// retention to be told.
public struct TopicCosts {
    let topics: [(savings: TopicSavings, rows: [CostRow])]
    let prices: CodecPrices
    let replication: Int
    let consumers: Int

    /// - Parameters:
    ///   - replication: copies of each partition.
    ///   - consumers: groups that read everything.
    public init(
        _ topics: [TopicSavings], at prices: CodecPrices, replication: Int, consumers: Int
    ) {
        self.prices = prices
        self.replication = replication
        self.consumers = consumers
        self.topics = topics.map { topic in
            (topic, topic.costRows(at: prices, replication: replication, consumers: consumers))
        }
    }

    public var rows: [CostRow] { topics.flatMap(\.rows) }

    /// As many settings of a topic are shown.
    private static let shownCount = 4

    public func text(width: Int) -> String {
        func wrapped(_ text: String) -> [String] {
            SummaryReport.wrapped(text, indent: 0, width: width)
        }
        var lines = wrapped(answer)
        for (savings, rows) in topics {
            let topic = savings.row.topic
            guard let rate = savings.row.writtenRate else {
                lines +=
                    [""]
                    + wrapped(
                        "\(topic): no cost, since the timestamps of its records tell no rate")
                continue
            }
            let sorted = rows.sortedByCost
            var heading =
                "\(topic), written at \(Figure.byteRate(rate)) before compression, a month"
            if let (other, price) = sorted.evenWithCheapest {
                heading +=
                    "; \(other.setting) would cost the same as \(sorted[0].setting) at a core-hour of "
                    + Figure.significant(price)
            }
            lines += [""] + wrapped(heading)
            lines += Array(sorted.prefix(Self.shownCount)).costTable.lines(gap: 2)
            let left = sorted.count - Self.shownCount
            if left > 0 { lines.append("  \(left) more in \(CostRow.fileName)") }
        }
        lines += [""] + wrapped(CostRow.note + " " + Self.source)
        return lines.joined(separator: "\n") + "\n"
    }

    private static let source =
        "Rates are what is stored, over the time between the first and the last timestamp."

    private var answer: String {
        let load =
            "with replication \(replication) and \(consumers) consumer "
            + "group\(consumers == 1 ? "" : "s")"
        let cheapest = topics.compactMap { $0.rows.sortedByCost.first?.total }
        guard !cheapest.isEmpty else { return "No topic has a cost at these prices." }
        let all = cheapest.reduce(0, +)
        let now = topics.reduce(0) { sum, topic in
            sum + (topic.savings.storageCost(at: prices, replication: replication) ?? 0)
        }
        return
            "At these prices, \(load), the cheapest setting of each topic costs "
            + "\(Figure.significant(all)) a month in all, its CPU included; disk and zones alone cost "
            + "\(Figure.significant(now)) as it is stored now."
    }
}

extension TopicRow {
    /// Bytes a second before compression; nil if timestamps do not tell.
    var writtenRate: Double? {
        spanSeconds.flatMap { $0 > 0 ? Double(storedBytes) * storedRatio / $0 : nil }
    }
}

extension TopicSavings {
    /// Of the settings on the front, at the batches as they are stored; none if timestamps tell no rate.
    func costRows(at prices: CodecPrices, replication: Int, consumers: Int) -> [CostRow] {
        guard let rate = row.writtenRate, let seconds = row.spanSeconds else { return [] }
        return CodecRow.front(asStored).compactMap { codec in
            guard let saved = saved(codec)?.value else { return nil }
            let stored = Double(row.storedBytes) - saved
            let day = stored / seconds * 86_400 * Double(replication)
            func cores(_ time: Estimate?) -> Double { rate * (time?.value ?? 0) / 1e9 }
            let costs = CodecBill.Costs(
                producerCores: cores(codec.compressNanosPerByte),
                consumerCores: cores(codec.decompressNanosPerByte) * Double(consumers),
                inRate: stored / seconds, outRate: stored / seconds * Double(consumers),
                storedADay: day, stored: stored * Double(replication))
            return CostRow(codec, costs, replication: replication, prices: prices)
        }
    }

    /// Of disk and zones as it is stored now.
    func storageCost(at prices: CodecPrices, replication: Int) -> Double? {
        guard let seconds = row.spanSeconds, seconds > 0 else { return nil }
        let stored = Double(row.storedBytes)
        let zones =
            stored / seconds * Double(replication - 1) * CostRow.hoursAMonth * 3_600 / 1e9
        return stored * Double(replication) / 1e9 * prices.gbMonth + zones * prices.zoneGB
    }
}
