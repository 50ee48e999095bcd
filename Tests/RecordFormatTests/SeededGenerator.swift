import SeededRandom

typealias SeededGenerator = SeededRandom.SeededGenerator

extension SeededGenerator {
    /// Bytes that compress: runs, repetitions and noise.
    mutating func text(count: Int) -> [UInt8] {
        var text: [UInt8] = []
        while text.count < count {
            switch Int.random(in: 0..<3, using: &self) {
            case 0:
                text += Array("{\"order\":\(UInt16.random(in: 0...999, using: &self)),".utf8)
            case 1: text += [UInt8](repeating: 0x20, count: Int.random(in: 1...40, using: &self))
            default: text += bytes(count: Int.random(in: 1...8, using: &self))
            }
        }
        return Array(text.prefix(count))
    }

    /// A record that may have anything a record may have.
    mutating func record(largestValue: Int) -> ModelRecord {
        let timestamp: Int64 =
            switch Int.random(in: 0..<8, using: &self) {
            case 0: Int64.random(in: Int64.min...Int64.max, using: &self)
            case 1: 0
            default: 1_700_000_000_000 + Int64.random(in: -100_000...100_000, using: &self)
            }
        var headers: [(String, [UInt8]?)] = []
        if Int.random(in: 0..<3, using: &self) == 0 {
            for index in 0..<Int.random(in: 0...70, using: &self) {
                let value = nullableBytes(largest: 20)
                headers.append((index % 5 == 0 ? "" : "header-\(index)-ü", value))
            }
        }
        return ModelRecord(
            timestamp: timestamp, key: nullableBytes(largest: 40),
            value: nullableBytes(largest: largestValue), headers: headers)
    }

    private mutating func nullableBytes(largest: Int) -> [UInt8]? {
        switch Int.random(in: 0..<6, using: &self) {
        case 0: nil
        case 1: []
        default: text(count: Int.random(in: 0...largest, using: &self))
        }
    }
}
