/// A rate over time as pieces, each constant or a straight line, in integers.
///
/// Records are counted in *parts*: `partsPerRecord` is chosen so that every rate of the curve is an
/// even number of parts a nanosecond. The integral of the rate, which decides when a record is due,
/// is then exact in 128-bit integers.
///
/// Thread contract: immutable.
@usableFromInline
final class RateCurve: Sendable {
    private let pieces: [Piece]
    private let partsPerRecord: Int128

    /// - Precondition: `rate` is a constant, steps or a ramp.
    /// - Returns: nil if the rates have no common measure, or a ramp is so long, that the integral
    ///   would not fit in 128 bits. Rates of whole records a second always have one.
    init?(_ rate: Rate) {
        let outline = Self.outline(rate)
        var measure = 1
        for rate in outline.flatMap({ [$0.from, $0.to] }) {
            let divisor = RecordRate.greatestCommonDivisor(measure, rate.nanoseconds)
            let (product, overflow) = (measure / divisor)
                .multipliedReportingOverflow(by: rate.nanoseconds)
            guard !overflow, product <= Self.largestMeasure else { return nil }
            measure = product
        }
        let partsPerRecord = 2 * Int128(measure)
        self.partsPerRecord = partsPerRecord

        var pieces: [Piece] = []
        var start: Int128 = 0
        var parts: Int128 = 0
        for segment in outline {
            func scaled(_ rate: RecordRate) -> Int128 {
                Int128(rate.records) * (partsPerRecord / Int128(rate.nanoseconds))
            }
            let piece = Piece(
                start: start, parts: parts, rate: scaled(segment.from),
                endRate: scaled(segment.to), length: segment.length.map { Int128($0) })
            guard piece.fits else { return nil }
            pieces.append(piece)
            if let length = piece.length {
                parts += (piece.rate + piece.endRate) / 2 * length
                start += length
            }
        }
        self.pieces = pieces
    }

    /// Chosen so that the product of it and any record number fits in 128 bits.
    private static let largestMeasure = 1 << 60

    /// The moment when record i is due, to the nanosecond below.
    func time(ofRecord record: Int64) -> Int64 {
        let parts = Int128(record) * partsPerRecord
        return pieces[index(ofParts: parts)].time(ofParts: parts)
    }

    /// How many records are due before a time.
    func recordsDue(before nanoseconds: Int64) -> Int64 {
        guard nanoseconds > 0 else { return 0 }
        let time = Int128(nanoseconds)
        let piece = pieces.last { $0.start < time } ?? pieces[0]
        return piece.recordsDue(before: time, partsPerRecord: partsPerRecord)
    }

    /// The evenly spaced times from a record on, and the first record for which they do not hold.
    /// On a ramp that is the record itself, since only its own time is given.
    func segment(ofRecord record: Int64, stride: Int64) -> (ConstantSegment, end: Int64) {
        let parts = Int128(record) * partsPerRecord
        let index = index(ofParts: parts)
        let piece = pieces[index]
        guard piece.isConstant else {
            return (ConstantSegment(time: piece.time(ofParts: parts)), record)
        }
        let (time, remainder) = (parts - piece.parts).quotientAndRemainder(dividingBy: piece.rate)
        let step = (Int128(stride) * partsPerRecord).quotientAndRemainder(dividingBy: piece.rate)
        let segment = ConstantSegment(
            time: Int64(clamping: piece.start + time), remainder: Int64(remainder),
            wholeStep: Int64(clamping: step.quotient), remainderStep: Int64(step.remainder),
            denominator: Int64(piece.rate))
        guard index + 1 < pieces.count else { return (segment, .max) }
        let (whole, rest) = pieces[index + 1].parts.quotientAndRemainder(
            dividingBy: partsPerRecord)
        return (segment, Int64(clamping: whole + (rest > 0 ? 1 : 0)))
    }

    /// The last piece that begins with no more parts, so a record that is complete when a pause
    /// begins is due when the pause ends.
    private func index(ofParts parts: Int128) -> Int {
        var low = 0
        var high = pieces.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if pieces[middle].parts <= parts { low = middle } else { high = middle }
        }
        return low
    }

    private static func outline(_ rate: Rate) -> [(from: RecordRate, to: RecordRate, length: Int?)]
    {
        switch rate {
        case .constant(let rate):
            return [(rate, rate, nil)]
        case .ramp(let from, let to, let over):
            return [(from, to, over.wholeNanoseconds), (to, to, nil)]
        case .steps(let steps):
            return steps.enumerated().map { index, step in
                let isLast = index == steps.count - 1
                return (step.rate, step.rate, isLast ? nil : step.duration?.wholeNanoseconds)
            }
        case .max, .poisson:
            preconditionFailure("\(rate) has no curve")
        }
    }
}

/// One piece of a rate curve.
private struct Piece {
    /// When it begins, in nanoseconds.
    var start: Int128
    /// Parts that were due when it begins.
    var parts: Int128
    /// Parts a nanosecond at its begin and at its end: even numbers.
    var rate: Int128
    var endRate: Int128
    /// In nanoseconds; nil for the last piece, which is constant and has no end.
    var length: Int128?

    var isConstant: Bool { rate == endRate }

    /// Whether every number that the piece is computed with fits in 128 bits.
    var fits: Bool {
        guard max(rate, endRate) <= Int128(Int64.max) else { return false }
        guard let length else { return true }
        let (square, overflow) = (length * length).multipliedReportingOverflow(
            by: 4 * max(rate, endRate))
        return !overflow && square >= 0 && length <= Int128(Int64.max)
    }

    func time(ofParts target: Int128) -> Int64 {
        let due = target - parts
        if isConstant { return Int64(clamping: start + due / rate) }
        return Int64(clamping: start + solve(due))
    }

    func recordsDue(before time: Int128, partsPerRecord: Int128) -> Int64 {
        let inside = time - start
        // Numerator and denominator of the due records, rounded up: a record that is due at exactly
        // that time is not due before it.
        var numerator = parts + rate * inside
        var denominator = partsPerRecord
        if let length, !isConstant {
            numerator = 2 * length * parts + doubledIntegral(inside, length)
            denominator = 2 * length * partsPerRecord
        }
        return Int64(clamping: (numerator + denominator - 1) / denominator)
    }

    /// The parts that are due `t` nanoseconds into the ramp, times twice its length, so that they
    /// are an integer. `fits` has checked that nothing overflows.
    private func doubledIntegral(_ t: Int128, _ length: Int128) -> Int128 {
        (2 &* length &* rate &+ (endRate &- rate) &* t) &* t
    }

    /// The largest t whose integral is not above `due`: the root of the quadratic, estimated in
    /// floating point in the form without cancellation, then corrected in integers, so that the
    /// result is exact.
    private func solve(_ due: Int128) -> Int128 {
        guard let length else { preconditionFailure("a ramp has an end") }
        let target = 2 &* length &* due
        let slope = (endRate - rate).approximation / length.approximation
        let start = rate.approximation
        let root = (start * start + 2 * slope * due.approximation).squareRoot()
        let estimate = 2 * due.approximation / (start + root)
        // A ramp's length fits in 64 bits. At the begin of a ramp from 0 this is 0 ÷ 0.
        let bounded = estimate.isNaN ? 0 : min(max(estimate, 0), length.approximation)
        var t = min(Int128(Int64(bounded)), length)
        var step: Int128 = 1
        // The estimate is usually off by at most a nanosecond; doubling steps bound the cost of a
        // bad one.
        while t > 0, doubledIntegral(t, length) > target {
            t = max(0, t - step)
            step *= 2
        }
        step = 1
        while t + step <= length, doubledIntegral(t + step, length) <= target { step *= 2 }
        while step > 0 {
            if t + step <= length, doubledIntegral(t + step, length) <= target { t += step }
            step /= 2
        }
        return t
    }
}

extension Int128 {
    /// The value in floating point. The standard library's conversion takes microseconds.
    fileprivate var approximation: Double {
        let high = Double(Int64(truncatingIfNeeded: self >> 64))
        return high * 0x1p64 + Double(UInt64(truncatingIfNeeded: self))
    }
}
