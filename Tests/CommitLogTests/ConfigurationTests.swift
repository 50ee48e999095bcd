import RecordFormat
import Testing

@testable import CommitLog

@Suite struct `Configuration` {
    @Test func `an unknown key is refused with the nearest name`() {
        for (key, nearest) in [
            ("segment.byte", "segment.bytes"), ("retension.ms", "retention.ms"),
            ("flush.message", "flush.messages"), ("index.interval", "index.interval.bytes"),
        ] {
            let error = LogError.unknownConfigKey(key: key, nearest: nearest)
            #expect(throws: error) { try LogConfig(overrides: [key: "1"]) }
            #expect(error.description.contains(nearest))
        }
        #expect(
            throws: LogError.unknownConfigKey(
                key: "log.retention.check.interval", nearest: "log.retention.check.interval.ms")
        ) {
            try LogDirectoryConfig(overrides: ["log.retention.check.interval": "1"])
        }
    }

    @Test(arguments: [
        ("segment.bytes", "13"), ("segment.bytes", "2147483648"), ("segment.bytes", "1 MiB"),
        ("retention.ms", "-2"), ("flush.messages", "0"), ("cleanup.policy", "compacted"),
        ("cleanup.policy", ","), ("cleanup.policy", "compact,"), ("compression.type", "none"),
        ("compression.gzip.level", "0"), ("compression.lz4.level", "18"),
        ("min.cleanable.dirty.ratio", "1.1"), ("min.cleanable.dirty.ratio", "nan"),
        ("max.compaction.lag.ms", "0"),
        ("message.timestamp.type", "logappendtime"), ("index.interval.bytes", ""),
    ])
    func `a value that is not allowed is refused`(key: String, value: String) {
        #expect {
            try LogConfig(overrides: [key: value])
        } throws: { error in
            guard case .invalidConfigValue(key, value, let expected)? = error as? LogError else {
                return false
            }
            return !expected.isEmpty
        }
    }

    @Test func `the old bound of timestamps holds where the new ones are at their defaults`() throws
    {
        func allowed(_ overrides: [String: String]) throws -> ClosedRange<Int64> {
            try LiveLogConfig(LogConfig(overrides: overrides)).allowedTimestamps(
                nowMs: 10_000_000)
        }
        #expect(try allowed([:]) == 0...13_600_000)
        let old = "message.timestamp.difference.max.ms"
        #expect(try allowed([old: "1000"]) == 9_999_000...10_001_000)
        #expect(try allowed([old: "\(Int64.max)"]) == 0...13_600_000)
        #expect(
            try allowed([old: "1000", "message.timestamp.before.max.ms": "5"])
                == 9_999_995...10_001_000)
        #expect(
            try allowed([old: "1000", "message.timestamp.after.max.ms": "5"])
                == 9_999_000...10_000_005)
        #expect(throws: LogError.self) { try allowed([old: "-1"]) }
    }

    @Test func `keys of the remote storage are taken, and change nothing`() throws {
        let remote = ["remote.log.copy.disable": "true", "remote.log.delete.on.disable": "true"]
        #expect(try LogConfig(overrides: remote) == LogConfig())
        #expect(throws: LogError.self) {
            try LogConfig(overrides: ["remote.log.copy.disable": "yes"])
        }
    }

    @Test func `cleanup policy is a list`() throws {
        for (text, policy) in [
            ("delete", .delete), ("compact", .compact), ("compact,delete", [.compact, .delete]),
            ("delete, compact", [.compact, .delete]), ("", []),
        ] as [(String, CleanupPolicy)] {
            #expect(try LogConfig(overrides: ["cleanup.policy": text]).cleanupPolicy == policy)
        }
    }

    @Test func `compression type names what batches are stored with`() throws {
        func target(_ overrides: [String: String]) throws -> Compression? {
            try LogConfig(overrides: overrides).compression.target
        }
        #expect(try target([:]) == nil)
        #expect(try target(["compression.type": "uncompressed"]) == Compression.none)
        #expect(try target(["compression.type": "gzip"]) == .gzip(-1))
        #expect(
            try target(["compression.type": "zstd", "compression.zstd.level": "-5"]) == .zstd(-5))
    }

    @Test func `the defaults are Kafka's, but for two`() throws {
        let values = Dictionary(
            uniqueKeysWithValues: LogConfig().entries.map { ($0.key, $0.value) })
        #expect(values["segment.bytes"] == "1073741824")
        #expect(values["segment.ms"] == "604800000")
        #expect(values["segment.index.bytes"] == "10485760")
        #expect(values["index.interval.bytes"] == "4096")
        #expect(values["retention.bytes"] == "-1")
        #expect(values["retention.ms"] == "604800000")
        #expect(values["flush.messages"] == "9223372036854775807")
        #expect(values["max.message.bytes"] == "1048588")
        #expect(values["message.timestamp.type"] == "CreateTime")
        #expect(values["cleanup.policy"] == "delete")
        #expect(values["min.cleanable.dirty.ratio"] == "0.5")
        #expect(values["min.compaction.lag.ms"] == "0")
        #expect(values["max.compaction.lag.ms"] == "9223372036854775807")
        #expect(values["delete.retention.ms"] == "86400000")
        #expect(values["compression.type"] == "producer")
        #expect(values["compression.gzip.level"] == "-1")
        #expect(values["compression.lz4.level"] == "9")
        #expect(values["compression.zstd.level"] == "3")
        // Every value that the entries show can be set again.
        #expect(try LogConfig(overrides: values) == LogConfig())
    }
}
