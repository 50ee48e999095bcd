import Measurement

extension CodecRow {
    /// Marks the rows that no other on batches of the same size is shown to beat in ratio and CPU time
    /// of compression. Without a codec there is no such time. A row without a value is not on the
    /// front.
    public static func markingFront(_ rows: [CodecRow]) -> [CodecRow] {
        var marked = rows
        let groups = Dictionary(grouping: rows.indices) { rows[$0].batch }
        for places in groups.values {
            let known = places.filter { rows[$0].point != nil }
            let points = known.map { rows[$0].point! }
            for place in ParetoFront.indices(of: points, x: .lower, y: .higher) {
                marked[known[place]].isOnFront = true
            }
        }
        return marked
    }

    /// Cost and ratio as far as they are known; nil without both.
    private var point: (x: ClosedRange<Double>, y: ClosedRange<Double>)? {
        let cost = codec == "none" ? Estimate(0) : compressNanosPerByte
        guard let cost, let ratio else { return nil }
        return (
            cost.interval ?? cost.value...cost.value, ratio.interval ?? ratio.value...ratio.value
        )
    }

    /// Of one size of batches, from the cheapest.
    static func front(_ rows: [CodecRow]) -> [CodecRow] {
        rows.filter(\.isOnFront).sorted {
            ($0.compressNanosPerByte?.value ?? 0) < ($1.compressNanosPerByte?.value ?? 0)
        }
    }
}
