import Glibc
import Testing

@testable import LoadGenerator

@Suite struct KeyTests {
    static func keys(
        _ settings: String, count: Int, producer: Int = 0, of producers: Int = 1,
        kind: String = "zeros"
    ) throws -> [String?] {
        let profile = try Profile(yaml: "keys: \(settings)\npayload: {kind: \(kind), pool: 256KiB}")
        let pool = try PayloadPool.prepare(for: profile)
        var cursor = PayloadCursor(
            pool: pool, keys: KeySource(profile.keys), producer: producer, of: producers, seed: 1)
        return (0..<count).map { _ in
            let index = cursor.next()
            let key = unsafe cursor.key(of: index)
            return unsafe key.map { unsafe String(decoding: $0, as: UTF8.self) }
        }
    }

    @Test func `no keys are null keys, and so are those of a payload that has none`() throws {
        #expect(try Self.keys("{kind: none}", count: 3) == [nil, nil, nil])
        #expect(try Self.keys("{kind: payload}", count: 3) == [nil, nil, nil])
    }

    @Test func `round-robin keys follow one another`() throws {
        let keys = try Self.keys(
            "{kind: round-robin, cardinality: 3}", count: 4, producer: 1, of: 2)
        #expect(keys == ["key-0000001", "key-0000002", "key-0000000", "key-0000001"])
    }

    @Test(arguments: ["orders", "signups", "logs", "metrics"])
    func `a payload's keys are in its records`(kind: String) throws {
        let profile = try Profile(
            yaml: "keys: {kind: payload}\npayload: {kind: \(kind), pool: 256KiB}")
        let pool = try PayloadPool.prepare(for: profile)
        for index in 0..<pool.count {
            let key = unsafe pool.key(index)
            #expect(unsafe key.map { $0.count >= 6 } == true)
        }
    }

    @Test func `uniform keys come equally often`() throws {
        var counts: [String: Double] = [:]
        for key in try Self.keys("{kind: uniform, cardinality: 100}", count: 100_000) {
            counts[key!, default: 0] += 1
        }
        #expect(counts.count == 100)
        // Chi-square with 99 degrees of freedom: 148.2 at p = 0.001.
        let chi = counts.values.map { ($0 - 1000) * ($0 - 1000) / 1000 }.reduce(0, +)
        #expect(chi < 148.2, "\(chi)")
    }

    @Test(arguments: [0.5, 1.0, 1.5])
    func `zipfian keys come as Zipf's law says`(exponent: Double) throws {
        let (count, cardinality) = (200_000, 50)
        var counts = [Double](repeating: 0, count: cardinality)
        let settings = "{kind: zipfian, cardinality: \(cardinality), exponent: \(exponent)}"
        for key in try Self.keys(settings, count: count) {
            counts[Int(key!.dropFirst(4))!] += 1
        }
        let weights = (1...cardinality).map { pow(Double($0), -exponent) }
        let total = weights.reduce(0, +)
        let chi = zip(counts, weights).map { seen, weight in
            let expected = weight / total * Double(count)
            return (seen - expected) * (seen - expected) / expected
        }.reduce(0, +)
        // 49 degrees of freedom: 85.4 at p = 0.001.
        #expect(chi < 85.4, "\(chi)")
    }

    @Test func `producers begin at different places and go around`() throws {
        let profile = try Profile(yaml: "payload: {kind: random, size: 64KiB, pool: 640KiB}")
        let pool = try PayloadPool.prepare(for: profile)
        #expect(pool.count == 10)
        func walk(_ producer: Int) -> [Int] {
            var cursor = PayloadCursor(
                pool: pool, keys: KeySource(profile.keys), producer: producer, of: 3, seed: 1)
            return (0..<11).map { _ in cursor.next() }
        }
        #expect(walk(0) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0])
        #expect(walk(1) == [3, 4, 5, 6, 7, 8, 9, 0, 1, 2, 3])
        #expect(walk(2)[0] == 6)
    }
}
