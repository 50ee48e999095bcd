import Measurement

extension CodecBill {
    /// Who pays for each setting of the front, from the one that costs the least CPU.
    public func costRows(at prices: CodecPrices?) -> [CostRow] {
        rows.compactMap { row in
            costs(row).map { CostRow(row, $0, replication: load.replication, prices: prices) }
        }
    }

    /// What each setting of the front costs a month, from the cheapest, and where that would change.
    public func months(at prices: CodecPrices, width: Int) -> String {
        let rows = costRows(at: prices).sortedByCost
        guard let cheapest = rows.first else { return "" }
        var sentence = "\(cheapest.setting) costs least at these prices."
        if let (other, price) = rows.evenWithCheapest {
            sentence +=
                " \(other.setting) would cost the same at a core-hour of "
                + "\(Figure.significant(price)) instead of \(Figure.significant(prices.coreHour))."
        }
        let lines =
            SummaryReport.wrapped(sentence, indent: 0, width: width) + rows.costTable.lines(gap: 2)
            + SummaryReport.wrapped(CostRow.note, indent: 0, width: width)
        return lines.joined(separator: "\n") + "\n"
    }
}

extension CostRow {
    static let note =
        "A month has 730 hours. Disk is for what is kept, on all replicas; between zones are the bytes of "
        + "each replica but the leader."
}

extension [CostRow] {
    var sortedByCost: [CostRow] { sorted { ($0.total ?? 0) < ($1.total ?? 0) } }

    /// The first that would cost the same as the cheapest at another price of a core-hour, and that price.
    var evenWithCheapest: (row: CostRow, price: Double)? {
        guard let cheapest = first else { return nil }
        for other in dropFirst() {
            if let price = CostRow.breakEven(cheapest, other) { return (other, price) }
        }
        return nil
    }

    var costTable: TextTable {
        var table = TextTable()
        table.add(["", "CPU", "disk", "between zones", "a month"])
        for row in self {
            let cpu = (row.producerCost ?? 0) + (row.consumerCost ?? 0)
            table.add(
                [row.setting]
                    + [cpu, row.diskCost, row.zoneCost, row.total].map {
                        Figure.significant($0 ?? 0)
                    })
        }
        return table
    }
}
