import Testing

@testable import LoadGenerator

@Suite struct PartitionerTests {
    static func hash(_ text: String) -> Int32 {
        unsafe Array(text.utf8).withUnsafeBytes { unsafe Murmur2.hash($0) }
    }

    @Test(arguments: [
        // The vectors of Kafka's own UtilsTest.
        ("21", -973_932_308), ("foobar", -790_332_482), ("a-little-bit-long-string", -985_981_536),
        ("a-little-bit-longer-string", -1_486_304_829),
        ("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971), ("abc", 479_470_107),
        // And one for every length of the tail, from akka's test against Kafka's hash.
        ("1", -1_993_445_489), ("12", 126_087_238), ("123", -267_702_483),
        ("1234", -1_614_185_708), ("12345", -1_188_365_604),
    ])
    func `murmur2 is Kafka's`(key: String, expected: Int) {
        #expect(Self.hash(key) == Int32(expected))
    }

    @Test func `a key finds the partition that Kafka's producer would choose`() {
        var partitioner = Partitioner(.key, partitions: 0..<6, producer: 3, seed: 1)
        for (key, hash) in [("foobar", -790_332_482), ("abc", 479_470_107)] {
            let partition = unsafe Array(key.utf8).withUnsafeBytes {
                unsafe partitioner.partition(key: $0)
            }
            // toPositive clears the sign bit; it does not negate.
            #expect(partition == Int(Int32(hash) & 0x7FFF_FFFF) % 6)
        }
        #expect(Partitioner.partition(hash: .min, of: 6) == 0)
    }

    @Test func `records without keys stay on one partition until their batch is complete`() {
        for kind in [PartitionerKind.key, .sticky] {
            var partitioner = Partitioner(kind, partitions: 0..<4, producer: 1, seed: 9)
            var visits = [Int](repeating: 0, count: 4)
            var last = -1
            for _ in 0..<4000 {
                let partition = unsafe partitioner.partition(key: nil)
                #expect(unsafe partitioner.partition(key: nil) == partition)
                #expect(partition != last)
                visits[partition] += 1
                last = partition
                partitioner.batchCompleted()
            }
            #expect(visits.allSatisfy { (900...1100).contains($0) }, "\(visits)")
        }
    }

    @Test func `round-robin visits every partition in turn from the producer's own`() {
        var partitioner = Partitioner(.roundRobin, partitions: 0..<3, producer: 4, seed: 1)
        let visited = (0..<7).map { _ in
            partitioner.batchCompleted()
            return unsafe partitioner.partition(key: nil)
        }
        #expect(visited == [1, 2, 0, 1, 2, 0, 1])
    }

    @Test func `one partition is always the same`() {
        var partitioner = Partitioner(.sticky, partitions: 0..<1, producer: 5, seed: 1)
        partitioner.batchCompleted()
        #expect(unsafe partitioner.partition(key: nil) == 0)
    }
}
