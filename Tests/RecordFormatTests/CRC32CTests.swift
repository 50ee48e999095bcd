import CRC32C
import RecordFormat
import Testing

@Suite
struct CRC32CTests {
    static let paths: [weir_crc32c_path] = (0..<UInt32(WEIR_CRC32C_PATH_COUNT))
        .map { weir_crc32c_path(rawValue: $0) }
        .filter { weir_crc32c_is_available($0) }

    /// Bit by bit, as the polynomial says.
    static func model(_ crc: UInt32, _ bytes: ArraySlice<UInt8>) -> UInt32 {
        var remainder = ~crc
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 {
                remainder = (remainder >> 1) ^ (remainder & 1 == 1 ? 0x82f6_3b78 : 0)
            }
        }
        return ~remainder
    }

    static func checksum(
        by path: weir_crc32c_path, after crc: UInt32 = 0, _ bytes: ArraySlice<UInt8>
    ) -> UInt32 {
        unsafe bytes.withUnsafeBytes {
            unsafe weir_crc32c_by(path, crc, $0.baseAddress, $0.count)
        }
    }

    @Test
    func `every path gives the checksum of RFC 3720's examples`() {
        let examples: [([UInt8], UInt32)] = [
            (Array("123456789".utf8), 0xe306_9283),
            ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 255, count: 32), 0x62a8_ab43),
            (Array(0..<32), 0x46dd_794e),
            ([], 0),
        ]
        for (bytes, expected) in examples {
            for path in Self.paths { #expect(Self.checksum(by: path, bytes[...]) == expected) }
            #expect(CRC32C.checksum(unsafe bytes.span.bytes) == expected)
        }
    }

    @Test
    func `the fastest path that the processor has is chosen`() {
        #expect(Self.paths.contains(WEIR_CRC32C_PORTABLE))
        let bySpeed = [WEIR_CRC32C_AVX512, WEIR_CRC32C_SSE42, WEIR_CRC32C_ARMV8]
        let fastest = bySpeed.first { Self.paths.contains($0) } ?? WEIR_CRC32C_PORTABLE
        #expect(weir_crc32c_chosen_path() == fastest)
    }

    @Test
    func `all paths agree at every length and alignment`() {
        var generator = SeededGenerator()
        let bytes = generator.bytes(count: 700)
        for start in 0..<17 {
            for count in 0...640 {
                let slice = bytes[start..<(start + count)]
                let expected = Self.checksum(by: WEIR_CRC32C_PORTABLE, slice)
                if count % 16 == start { #expect(expected == Self.model(0, slice)) }
                for path in Self.paths where Self.checksum(by: path, slice) != expected {
                    Issue.record("path \(path.rawValue), \(count) bytes from \(start)")
                }
            }
        }
    }

    @Test
    func `all paths agree on large inputs that continue a checksum`() {
        var generator = SeededGenerator()
        let bytes = generator.bytes(count: 100_000)
        for _ in 0..<100 {
            let start = Int.random(in: 0..<50_000, using: &generator)
            let count = Int.random(in: 0...50_000, using: &generator)
            let crc = UInt32.random(in: 0...UInt32.max, using: &generator)
            let slice = bytes[start..<(start + count)]
            let expected = Self.checksum(by: WEIR_CRC32C_PORTABLE, after: crc, slice)
            for path in Self.paths {
                #expect(
                    Self.checksum(by: path, after: crc, slice) == expected, "path \(path.rawValue)")
            }
        }
    }

    @Test
    func `a checksum over pieces is the checksum of the whole`() {
        var generator = SeededGenerator()
        let bytes = generator.bytes(count: 5000)
        let whole = unsafe bytes.span.bytes
        for _ in 0..<200 {
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            let first = CRC32C.checksum(whole.extracting(..<cut))
            let both = CRC32C.update(first, whole.extracting(cut...))
            #expect(both == CRC32C.checksum(whole))
        }
    }

    @Test
    func `all paths join the checksums of two pieces`() {
        var generator = SeededGenerator()
        let bytes = generator.bytes(count: 30_000)
        let span = unsafe bytes.span.bytes
        for turn in 0..<600 {
            let cut = Int.random(in: 0...300, using: &generator)
            let end = Int.random(in: cut...(turn % 3 == 0 ? bytes.count : 5000), using: &generator)
            let first = CRC32C.checksum(span.extracting(..<cut))
            let next = CRC32C.checksum(span.extracting(cut..<end))
            let whole = CRC32C.checksum(span.extracting(..<end))
            #expect(CRC32C.joined(first, next, byteCount: end - cut) == whole)
            for path in Self.paths
            where weir_crc32c_joined_by(path, first, next, end - cut) != whole {
                Issue.record("path \(path.rawValue), \(end - cut) bytes after \(cut)")
            }
        }
    }
}
