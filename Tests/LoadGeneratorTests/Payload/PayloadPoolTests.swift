import RecordFormat
import Testing

@testable import LoadGenerator

@Suite struct PayloadPoolTests {
    static func pool(_ yaml: String, seed: Int = 42) throws -> PayloadPool {
        try .prepare(for: Profile(yaml: yaml, overrides: ["seed=\(seed)"]))
    }

    static func values(_ pool: PayloadPool) -> [[UInt8]] {
        (0..<pool.count).map { unsafe Array(pool.value($0)) }
    }

    static func strings(_ pool: PayloadPool) -> [String] {
        values(pool).map { String(decoding: $0, as: UTF8.self) }
    }

    static func compressionRatio(
        _ pool: PayloadPool, _ compression: Compression, batchSize: Int = 64 * 1024
    ) throws -> Double {
        var builder = try RecordBatchBuilder(batchSize: batchSize, compression: compression)
        var (uncompressed, compressed) = (0, 0)
        for index in 0..<pool.count {
            let isAppended = unsafe builder.append(
                timestamp: Int64(index / 100), key: nil, value: pool.value(index),
                headers: UnsafeRawBufferPointer(start: nil, count: 0))
            if isAppended { continue }
            uncompressed += builder.uncompressedByteCount
            try builder.seal()
            compressed += unsafe builder.sealedBytes.count
            builder.reset()
        }
        return Double(uncompressed) / Double(compressed)
    }

    static let kinds = ["orders", "signups", "logs", "metrics", "random"]

    @Test(arguments: kinds)
    func `one seed gives the same bytes, another other bytes`(kind: String) throws {
        let yaml = "payload: {kind: \(kind), pool: 256KiB}"
        let (first, second) = (try Self.pool(yaml), try Self.pool(yaml))
        let other = try Self.pool(yaml, seed: 43)
        #expect(Self.values(first) == Self.values(second))
        #expect(Self.values(first) != Self.values(other))
        #expect(first.checksum == second.checksum)
        #expect(first.checksum != other.checksum)
        #expect(first.byteCount > 250 * 1024 && first.byteCount <= 256 * 1024)
    }

    @Test func `the synthesized bytes are these, whatever the day and the machine`() throws {
        // Anyone who changes a synthesizer changes what earlier results were measured with.
        let checksums = try Self.kinds.map { kind in
            let pool = try Self.pool("payload: {kind: \(kind), pool: 256KiB}")
            return (0..<pool.count).reduce(UInt32(0)) { $0 &* 31 &+ pool.checksum($1) }
        }
        #expect(checksums == Self.goldenChecksums, "\(checksums)")
    }

    static let goldenChecksums: [UInt32] = [
        2_410_991_369, 3_971_950_403, 4_205_983_801, 2_609_950_727, 1_569_369_331,
    ]

    @Test(arguments: ["orders", "signups"])
    func `no event comes twice`(kind: String) throws {
        let values = Self.values(try Self.pool("payload: {kind: \(kind), pool: 4MiB}"))
        #expect(Set(values).count == values.count && values.count > 5000)
    }

    @Test func `checksums are those of the values`() throws {
        let pool = try Self.pool("payload: {kind: logs, pool: 256KiB}")
        for index in 0..<pool.count {
            let computed = unsafe CRC32C.checksum(pool.value(index))
            #expect(pool.checksum(index) == computed)
        }
    }

    @Test func `orders are keyed by their id and read as JSON objects that add up`() throws {
        let pool = try Self.pool("payload: {kind: orders, pool: 256KiB}")
        var lastTime = ""
        for (index, text) in Self.strings(pool).enumerated() {
            let key = unsafe String(decoding: pool.key(index)!, as: UTF8.self)
            #expect(text.contains("\"orderId\":\"\(key)\"") && key.count == 36)
            #expect(text.hasPrefix("{\"type\":\"OrderPlaced\"") && text.hasSuffix("}}"))
            #expect(text.count { $0 == "{" } == text.count { $0 == "}" })
            #expect(text.count { $0 == "\"" } % 2 == 0)
            let time = String(text.split(separator: "placedAt\":\"")[1].prefix(24))
            #expect(time >= lastTime && time.hasPrefix("2026-01-01T00:"))
            lastTime = time
            var cents = 0
            for item in text.split(separator: "\"qty\":").dropFirst() {
                let quantity = Int(item.prefix { $0.isNumber })!
                let price = item.split(separator: "\"price\":")[1].prefix { $0 != "}" }
                cents += quantity * Int(price.filter(\.isNumber))!
            }
            let total = text.split(separator: "\"total\":")[1].prefix { $0 != "," }
            #expect(Int(total.filter(\.isNumber)) == cents, "\(text)")
        }
    }

    @Test func `orders compress as such events do, and tell levels apart`() throws {
        let pool = try Self.pool("payload: {kind: orders, pool: 2MiB}")
        let ratios = try [1, 3, 9, 19].map { try Self.compressionRatio(pool, .zstd($0)) }
        #expect((4...9).contains(ratios[1]), "\(ratios)")
        #expect(ratios[3] > ratios[0] * 1.05, "\(ratios)")
        #expect(ratios[2] > ratios[0], "\(ratios)")
    }

    @Test(arguments: [("signups", 3.0...7.0), ("logs", 4.0...10.0), ("metrics", 3.0...9.0)])
    func `the other events compress realistically`(kind: String, band: ClosedRange<Double>) throws {
        let pool = try Self.pool("payload: {kind: \(kind), pool: 2MiB}")
        let ratio = try Self.compressionRatio(pool, .zstd(3))
        #expect(band.contains(ratio), "\(ratio)")
    }

    @Test func `the controls are incompressible and almost nothing`() throws {
        let random = try Self.pool("payload: {kind: random, pool: 1MiB}")
        #expect(try Self.compressionRatio(random, .zstd(3)) <= 1.01)
        let zeros = try Self.pool("payload: {kind: zeros, pool: 1MiB}")
        #expect(try Self.compressionRatio(zeros, .zstd(3)) > 100)
        #expect(Self.values(zeros)[0] == [UInt8](repeating: 0, count: 1024))
    }

    @Test(arguments: [
        ("zstd", 2.0, 1024), ("zstd", 4.0, 1024), ("zstd", 8.0, 200), ("lz4", 3.0, 1000),
        ("gzip", 5.0, 512), ("snappy", 2.5, 4096), ("none", 4.0, 1024),
    ])
    func `a ratio is reached with the real codec`(codec: String, asked: Double, size: Int) throws {
        let pool = try Self.pool(
            """
            producers: {rate: max, config: {compression.type: \(codec)}}
            payload: {kind: ratio, ratio: \(asked), size: \(size), pool: 4MiB}
            """)
        let report = try #require(pool.ratio)
        #expect(abs(report.achieved / asked - 1) < 0.02, "\(report)")
        // And not only by the calibration's own account.
        let measured = try Self.compressionRatio(pool, report.compression)
        #expect(abs(measured / asked - 1) < 0.02, "\(measured), \(report)")
    }

    @Test func `a ratio out of reach says what was achieved`() throws {
        let pool = try Self.pool(
            "producers: {config: {compression.type: snappy}}\n"
                + "payload: {kind: ratio, ratio: 900, pool: 256KiB}")
        let report = try #require(pool.ratio)
        #expect(report.asked == 900 && report.achieved < 100 && report.achieved > 10)
    }

    @Test func `sizes follow their distributions`() throws {
        func sizes(_ size: String) throws -> [Int] {
            let pool = try Self.pool("payload: {kind: zeros, size: \(size), pool: 8MiB}")
            return (0..<pool.count).map { unsafe pool.value($0).count }
        }
        #expect(try sizes("100").allSatisfy { $0 == 100 })
        let uniform = try sizes("{uniform: {min: 10, max: 19}}")
        for size in 10...19 {
            let share = Double(uniform.count { $0 == size }) / Double(uniform.count)
            #expect(abs(share - 0.1) < 0.005)
        }
        #expect(uniform.allSatisfy { (10...19).contains($0) })
        let lognormal = try sizes("{lognormal: {median: 200, sigma: 0.5, max: 4KiB}}").sorted()
        #expect(abs(Double(lognormal[lognormal.count / 2]) / 200 - 1) < 0.03)
        // One sigma above the median is the 84.13th percentile: 200 · e^0.5 = 329.7.
        #expect(abs(Double(lognormal[lognormal.count * 8413 / 10_000]) / 329.7 - 1) < 0.03)
        #expect(lognormal.last! <= 4096)
        let bars = try sizes("{histogram: [{size: 50, weight: 3}, {size: 500, weight: 1}]}")
        #expect(abs(Double(bars.count { $0 == 50 }) / Double(bars.count) - 0.75) < 0.01)
    }

    @Test func `a batch that is larger than the pool is known to repeat`() throws {
        let pool = try Self.pool("payload: {kind: orders, pool: 256KiB}")
        #expect(!pool.repeats(within: 64 * 1024) && pool.repeats(within: 1 << 20))
    }
}
