import RecordFormat
import Testing

@Suite struct `SipHash with 128 bits` {
    /// The first vectors of the reference implementation: key 00 … 0f, input 00, 01, ….
    @Test(arguments: [
        (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
        (2, "8177228da4a45dc7fca38bdef60affe4"), (3, "9c70b60c5267a94e5f33b6b02985ed51"),
        (8, "3b62a9ba6258f5610f83e264f31497b4"), (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
    ])
    func `gives the reference's digests`(count: Int, expected: String) {
        let hash = SipHash128(key: 0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
        let input = (0..<count).map { UInt8($0) }
        let digest = unsafe hash.digest(input.span.bytes)
        let text = [digest.first, digest.second].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(8 * $0)) }
        }.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
        #expect(text == expected)
    }
}
