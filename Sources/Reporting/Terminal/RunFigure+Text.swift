import Measurement

extension RunFigure.Unit {
    /// A value for people, with its unit: `12345.678` in microseconds is `12.3 ms`.
    func text(_ number: Double) -> String {
        switch self {
        case .text, .verdict, .truth, .time, .count, .records: Self.count(number)
        case .bytes: Figure.bytes(number)
        case .seconds: Figure.duration(seconds: number)
        case .milliseconds: Figure.duration(nanos: number * 1e6)
        case .microseconds: Figure.duration(nanos: number * 1e3)
        case .recordsPerSecond: Figure.rate(number)
        case .megabytesPerSecond: Figure.byteRate(number * 1e6)
        case .secondsPerGigabyte: Figure.significant(number) + " s/GB"
        case .nanosecondsPerByte: Figure.significant(number) + " ns/B"
        case .percent: Figure.percent(ofShare: number / 100)
        case .share: Figure.percent(ofShare: number)
        case .number: Figure.significant(number)
        }
    }

    /// The median of counts may not be whole; of a large one the fraction says nothing.
    private static func count(_ number: Double) -> String {
        let whole = number.rounded()
        return number == whole || abs(number) >= 999.5
            ? Int64(exactly: whole).map(Figure.count) ?? Figure.significant(number)
            : Figure.significant(number)
    }
}

extension RunFigure.TerminalPlace {
    func text(_ number: Double, _ unit: RunFigure.Unit) -> String {
        words.replacing("#", with: isBare ? Figure.significant(number) : unit.text(number))
    }
}
