/// Samples of a monitoring agent in InfluxDB's line protocol: each host's measurements in turn,
/// every ten seconds, with values that drift slowly. The key is the series (`web-003/cpu`).
struct MetricsSynthesizer: Synthesizer {
    private static let hostCount = 200
    private static let regions = ["eu-central-1", "eu-west-1", "us-east-1"]

    private struct Field {
        var name: String
        /// In hundredths; the walk stays within the range.
        var range: ClosedRange<Int>
        var step: Int
    }

    private static let measurements: [(name: String, fields: [Field])] = [
        (
            "cpu",
            [
                Field(name: "usage_user", range: 50...9500, step: 180),
                Field(name: "usage_system", range: 20...3000, step: 60),
                Field(name: "usage_iowait", range: 0...2000, step: 25),
            ]
        ),
        (
            "mem",
            [
                Field(name: "used_percent", range: 1000...9800, step: 30),
                Field(name: "cached_mb", range: 20_000...1_600_000, step: 900),
            ]
        ),
        (
            "disk",
            [
                Field(name: "used_percent", range: 500...9900, step: 1),
                Field(name: "io_ms", range: 0...80_000, step: 4000),
            ]
        ),
        (
            "net",
            [
                Field(name: "rx_kbps", range: 0...90_000_000, step: 600_000),
                Field(name: "tx_kbps", range: 0...90_000_000, step: 500_000),
            ]
        ),
        ("load", [Field(name: "load1", range: 0...6400, step: 40)]),
    ]

    private var generator: RandomGenerator
    /// Nanoseconds since 1970 at which the current round of samples began.
    private var roundStart = 1_767_225_600_000_000_000
    private var host = 0
    private var measurement = 0
    /// The value of each host's each field, hosts first.
    private var values: [Int] = []
    private var place = 0

    init(generator: RandomGenerator) {
        self.generator = generator
        for _ in 0..<Self.hostCount {
            for field in Self.measurements.flatMap(\.fields) {
                values.append(self.generator.next(in: field.range))
            }
        }
    }

    mutating func write(_ text: inout RecordText) {
        let current = Self.measurements[measurement]
        text.key.append(contentsOf: "web-".utf8)
        RecordText.append(host, width: 3, to: &text.key)
        text.append(current.name)
        text.append(",host=")
        text.append(text.key)
        text.append(",region=")
        text.append(Self.regions[host % Self.regions.count])
        for (index, field) in current.fields.enumerated() {
            text.append(index == 0 ? " " : ",")
            text.append(field.name)
            text.append("=")
            let moved = values[place] + generator.next(in: -field.step...field.step)
            values[place] = min(max(moved, field.range.lowerBound), field.range.upperBound)
            text.append(hundredths: values[place])
            place += 1
        }
        text.append(" ")
        // Each host samples at its own time in the round, with some milliseconds of jitter.
        text.append(
            roundStart + host * 50_000_000 + generator.next(below: 4_000_000) / 1000 * 1000)
        text.key.append(UInt8(ascii: "/"))
        text.key.append(contentsOf: current.name.utf8)
        advance()
    }

    private mutating func advance() {
        measurement += 1
        guard measurement == Self.measurements.count else { return }
        measurement = 0
        host += 1
        guard host == Self.hostCount else { return }
        host = 0
        place = 0
        roundStart += 10_000_000_000
    }
}
