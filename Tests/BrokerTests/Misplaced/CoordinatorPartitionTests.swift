import Testing

@testable import Broker

@Suite struct `The partition of a group or a transactional id` {
    /// Of 50 partitions, as Java's `String.hashCode` and Kafka's `Utils.abs` have it. The hash of
    /// "polygenelubricants" is `Int32.min`.
    @Test(arguments: [
        ("", 0, 0), ("a", 97, 47), ("notification-group", 1_366_816_541, 41),
        ("analytics-group", -609_982_088, 38), ("orders-consumer-10", -1_742_707_602, 2),
        ("tx-zstd", -942_950_126, 26), ("warehouse-loader-10", -386_799_729, 29),
        ("polygenelubricants", Int32.min, 0), ("Ünïcødé", 1_055_433_303, 3),
        ("😀", 1_772_899, 49),
    ])
    func `is where Kafka looks`(name: String, hash: Int32, partition: Int32) {
        #expect(CoordinatorPartition.hash(name) == hash)
        #expect(CoordinatorPartition.index(of: name, among: 50) == partition)
    }

    @Test(arguments: [(0, 0), (7, 7), (-7, 7), (Int32.max, .max), (-.max, .max), (.min, 0)])
    func `takes the magnitude of a hash, and 0 for the one that has none`(
        hash: Int32, magnitude: Int32
    ) {
        #expect(CoordinatorPartition.magnitude(hash) == magnitude)
    }
}
