import Testing

@testable import LoadGenerator

@Suite struct `A dictionary` {
    @Test func `gains on small batches of records that are alike`() throws {
        let pool = try PayloadPoolTests.pool("payload: {kind: orders, pool: 512KiB}")
        let worth = try #require(try DictionaryWorth.measure(pool, filling: .records(2)))
        #expect(worth.ratioWith > 1.2 * worth.ratioWithout)
        #expect((1_000...(52_429)).contains(worth.dictionaryByteCount))
    }

    @Test func `is not made of a few records`() throws {
        let pool = try CorpusTests.pool(Array("a\nb\nc\nd\n".utf8))
        #expect(try DictionaryWorth.measure(pool, filling: .records(1)) == nil)
    }
}
