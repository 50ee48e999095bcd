import Measurement

/// The output of `weir roofline`: the limits, then the engine's shares of them.
public enum RooflineReport {
    public static func text(_ rows: [RooflineRow], resultsPath: String) -> String {
        let (limits, shares) = (rows.filter { $0.share == nil }, rows.filter { $0.share != nil })
        var lines = limitLines(limits)
        if !shares.isEmpty { lines += [""] + shareLines(shares) }
        return (lines + ["", "Results in \(resultsPath)"]).joined(separator: "\n") + "\n"
    }

    private static func limitLines(_ rows: [RooflineRow]) -> [String] {
        var table = TextTable(indent: 0)
        table.add(["Limit", "block", "rate", "lowest", "highest", "p50", "p99"])
        for row in rows {
            table.add([
                row.probe, block(row), rate(row.megabytesPerSecond),
                rate(row.lowestMegabytesPerSecond), rate(row.highestMegabytesPerSecond),
                row.medianNanos.map { Figure.duration(nanos: $0) } ?? "",
                row.p99Nanos.map { Figure.duration(nanos: $0) } ?? "",
            ])
        }
        return table.lines()
    }

    private static func shareLines(_ rows: [RooflineRow]) -> [String] {
        var table = TextTable(indent: 0)
        table.add(["Engine", "of", "block", "rate", "limit", "", "share", "lowest", "highest"])
        for row in rows {
            table.add([
                row.probe, row.detail ?? "", block(row), rate(row.megabytesPerSecond),
                row.limit ?? "", rate(row.limitMegabytesPerSecond), share(row.share),
                share(row.lowestShare), share(row.highestShare),
            ])
        }
        return table.lines()
    }

    private static func block(_ row: RooflineRow) -> String {
        row.blockSizeBytes.map { Figure.bytes(Double($0)) } ?? ""
    }

    private static func rate(_ megabytesPerSecond: Double?) -> String {
        megabytesPerSecond.map { Figure.byteRate($0 * 1e6) } ?? ""
    }

    private static func share(_ share: Double?) -> String {
        share.map { Figure.fixed($0, digits: 2) } ?? ""
    }
}
