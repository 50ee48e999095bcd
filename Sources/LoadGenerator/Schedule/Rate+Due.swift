extension Rate {
    /// How many records are due in a stretch of time, from the run's start, all producers together:
    /// for Poisson arrivals the mean. Nil for a closed loop.
    func recordsDue(from start: Int64, to end: Int64) -> Double? {
        if case .poisson(let mean) = self {
            return mean.recordsPerSecond * Double(end - start) / 1e9
        }
        guard let schedule = ArrivalSchedule(rate: self),
            let before = schedule.recordsDue(before: start),
            let after = schedule.recordsDue(before: end)
        else { return nil }
        return Double(after - before)
    }
}

extension Profile {
    /// The mean offered rate of the measured window, in records a second; nil for a closed loop, and
    /// for a changing rate without an end.
    public var meanOfferedRate: Double? {
        if !producerGroups.isEmpty {
            let rates = producerGroups.compactMap(\.profile.meanOfferedRate)
            return rates.count == producerGroups.count ? rates.reduce(0, +) : nil
        }
        switch producers.rate {
        case .max: return nil
        case .constant(let rate), .poisson(let rate): return rate.recordsPerSecond
        case .steps, .ramp:
            guard case .duration(let duration) = length else { return nil }
            let (start, length) = (warmup.nanoseconds, duration.nanoseconds)
            return producers.rate.recordsDue(from: start, to: start + length).map {
                $0 / Double(length) * 1e9
            }
        }
    }
}
