import Foundation
import Measurement

/// The setting of a front where it bends: up to it bytes get fewer for little CPU, beyond it a little
/// fewer for much.
///
/// It lies farthest above the straight line between the front's cheapest and its last setting, both on
/// logarithmic axes; where none lies above it, it is the cheapest.
struct CodecKnee {
    let row: CodecRow
    /// The next setting of the front towards fewer bytes; nil for the last one.
    let next: CodecRow?

    /// Of heights, which are logarithms.
    private static let rounding = 1e-9

    /// - Parameter front: of one size of batches, from the cheapest; records without a codec, which have
    ///   no cost, are left out. Nil without another.
    init?(_ front: [CodecRow]) {
        let points = front.compactMap { row -> (row: CodecRow, x: Double, y: Double)? in
            guard let cost = row.compressNanosPerByte?.value, cost > 0,
                let ratio = row.ratio?.value, ratio > 0
            else { return nil }
            return (row, log(cost), log(ratio))
        }
        guard let first = points.first, let last = points.last else { return nil }
        let width = last.x - first.x
        let slope = width > 0 ? (last.y - first.y) / width : 0
        func height(_ index: Int) -> Double {
            points[index].y - first.y - slope * (points[index].x - first.x)
        }
        // On the line itself heights are rounding errors, which must not choose.
        let place = points.indices.reduce(0) { best, index in
            height(index) > height(best) + Self.rounding ? index : best
        }
        row = points[place].row
        next = place + 1 < points.count ? points[place + 1].row : nil
    }

    /// `zstd:1 stores 4.70 times less than none [4.60 … 4.80] and costs 3.10 ns of CPU a byte [3.00 …
    /// 3.20]; zstd:3 stores 4.10 % less than that, for 1.80 × its CPU.`
    var sentence: String {
        guard let ratio = row.ratio, let cost = row.compressNanosPerByte else { return "" }
        var text =
            "\(row.setting) stores \(Figure.significant(ratio.value)) times less than none"
            + Self.brackets(ratio)
            + " and costs \(Figure.significant(cost.value)) ns of CPU a byte "
            + "to compress" + Self.brackets(cost)
        if let next, let nextRatio = next.ratio, let nextCost = next.compressNanosPerByte {
            let saved = 1 - ratio.value / nextRatio.value
            text +=
                "; \(next.setting) stores \(Figure.percent(ofShare: saved)) less than that, for "
                + "\(Figure.significant(nextCost.value / cost.value)) × its CPU"
        }
        return text + "."
    }

    private static func brackets(_ estimate: Estimate) -> String {
        guard let interval = estimate.interval, interval.lowerBound < interval.upperBound else {
            return ""
        }
        return " " + FigureInterval.brackets(interval)
    }
}
