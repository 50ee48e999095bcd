import Measurement

/// A run's times, fixed before its first record.
struct RunPlan: Sendable {
    let anchor: ClockAnchor
    let startNanos: Int64
    let window: MeasuredWindow
    let limits: Arrivals.Limits

    /// - Parameters:
    ///   - start: when the first record is due, by the monotonic clock.
    ///   - anchor: ties the monotonic clock to Unix time, once for the whole run.
    init(profile: Profile, start: Int64, anchor: ClockAnchor) {
        self.anchor = anchor
        startNanos = start
        let measuredFrom = start + profile.warmup.nanoseconds
        var end = Int64.max
        var measuredRecords = UInt64.max
        switch profile.length {
        case .duration(let duration): end = measuredFrom + duration.nanoseconds
        case .records(let records): measuredRecords = UInt64(records)
        case .backlog(.records(let records)): measuredRecords = UInt64(records)
        case .backlog(.bytes): break
        }
        window = MeasuredWindow(startNanos: measuredFrom, endNanos: end)
        limits = Arrivals.Limits(
            startNanos: start, measuredFromNanos: measuredFrom, endNanos: end,
            measuredRecords: measuredRecords)
    }

    /// The measured window's length; nil if a number of records or a backlog ends it.
    var windowNanos: Int64? {
        window.endNanos == .max ? nil : window.endNanos - window.startNanos
    }

    /// A time since the measured window's start, for a sentence: `1.5 s`.
    static func seconds(_ nanos: Int64) -> String {
        "\((Double(max(nanos, 0)) / 1e8).rounded() / 10) s"
    }

    var unixOffsetNanos: Int64 { anchor.unixNanos - anchor.monotonicNanos }

    /// How many records are due before a time, of all producers, including the warm-up's; nil for a
    /// closed loop. The measured part ends with its duration or its number of records.
    ///
    /// - Parameter loads: all groups of producers.
    func recordsDue(before nanos: Int64, of loads: [ProducerGroup]) -> Double? {
        let end = min(nanos, window.endNanos) - startNanos
        let warmup = min(window.startNanos - startNanos, end)
        guard end > 0 else { return 0 }
        var due = 0.0
        for (load, measured) in zip(loads, measuredRecordsDue(before: nanos, of: loads)) {
            guard let measured,
                let before = load.profile.producers.rate.recordsDue(from: 0, to: warmup)
            else { return nil }
            due += before + measured
        }
        return due
    }

    /// By group of producers, how many records of the measured part are due before a time; nil for a
    /// closed loop.
    func measuredRecordsDue(before nanos: Int64, of loads: [ProducerGroup]) -> [Double?] {
        let end = min(nanos, window.endNanos) - startNanos
        let warmup = window.startNanos - startNanos
        let count = loads.reduce(0) { $0 + $1.profile.producers.count }
        var first = 0
        return loads.map(\.profile.producers).map { producers in
            let own = first..<(first + producers.count)
            first = own.upperBound
            guard end > warmup else { return producers.rate == .max ? nil : 0 }
            return producers.rate.recordsDue(from: warmup, to: end).map {
                min($0, Double(measuredRecords(ofProducers: own, of: count)))
            }
        }
    }

    /// The limits of one of several producers, which share the run's records evenly.
    func limits(ofProducer number: Int, of count: Int) -> Arrivals.Limits {
        var limits = self.limits
        limits.measuredRecords = measuredRecords(ofProducers: number..<(number + 1), of: count)
        return limits
    }

    /// How many of the run's records are those of some of its producers: the first ones share the rest of
    /// the division.
    private func measuredRecords(ofProducers numbers: Range<Int>, of count: Int) -> UInt64 {
        guard limits.measuredRecords != .max else { return .max }
        let (share, rest) = limits.measuredRecords.quotientAndRemainder(dividingBy: UInt64(count))
        return share * UInt64(numbers.count) + UInt64(numbers.clamped(to: 0..<Int(rest)).count)
    }
}

extension Duration {
    /// Whole nanoseconds; a profile's durations are far below the overflow.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
