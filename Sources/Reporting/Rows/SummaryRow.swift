import Measurement

/// One row of `summary.csv`: one variant and repetition of a run, from settings to verdict.
///
/// Everything that was not measured stays nil. Rates are over `durationSeconds`, without warm-up
/// and drain.
public struct SummaryRow: TableRow, Equatable {
    public static let fileName = "summary.csv"
    /// Goes up when a column means something else than before, so that old and new figures are not
    /// compared. 2: records carry no stamp, which was 20 bytes in each; rows of 1 have no such column.
    public static let formatVersion = 2

    public var run: RunIdentity
    public var verdict: Verdict
    public var verdictReasons: [String] = []
    /// What a reader must know, and is no fault.
    public var notes: [String] = []
    /// Whether the user ended the run before its time; nil in rows that know nothing of it.
    public var wasInterrupted: Bool?
    /// Open: the schedule sets the rate. Closed (`rate: max`): the target does.
    public var loop: Loop
    public var durationSeconds: Double
    public var warmupSeconds: Double = 0
    public var settings: Settings = Settings()
    public var throughput: Throughput = Throughput()
    public var latencies: [LatencyKind: LatencySummary] = [:]
    public var clockSkewCount: UInt64?
    public var lag: Lag = Lag()
    public var audit: Audit = Audit()
    public var machine: Machine = Machine()
    public var shares: Shares = Shares()
    public var thresholds: Thresholds = Thresholds()

    public init(run: RunIdentity, verdict: Verdict, loop: Loop, durationSeconds: Double) {
        self.run = run
        self.verdict = verdict
        self.loop = loop
        self.durationSeconds = durationSeconds
    }

    public enum Loop: String, Sendable { case open, closed }

    /// The settings that a comparison varies, as resolved.
    public struct Settings: Sendable, Equatable {
        public var compressionType: String?
        public var compressionLevel: Int?
        public var batchSizeBytes: Int?
        public var lingerMillis: Double?
        public var acks: String?
        public var isIdempotent: Bool?
        public var producers: Int?
        public var consumers: Int?
        public var topics: Int?
        public var partitions: Int?
        public var flushMessages: Int64?
        public var flushMillis: Int64?
        public var payloadKind: String?
        public var payloadValueSizeMeanBytes: Double?
        /// Equal where the bytes of two payloads are.
        public var payloadChecksum: UInt32?
        /// Nil for `max`.
        public var offeredRateRecordsPerSecond: Double?

        public init() {}
    }

    public struct Throughput: Sendable, Equatable {
        public var producedRecords: UInt64?
        public var ackedRecords: UInt64?
        public var consumedRecords: UInt64?
        public var failedRecords: UInt64?
        /// Keys, values and headers of the acknowledged records.
        public var logicalBytes: UInt64?
        /// The acknowledged batches before compression, headers included.
        public var uncompressedBatchBytes: UInt64?
        public var storedBytes: UInt64?
        public var wireBytes: UInt64?
        /// Keys, values and headers of the consumed records.
        public var consumedLogicalBytes: UInt64?
        public var batches: UInt64?
        /// Time in the codec for each byte before compression; nil without a codec.
        public var compressionNanosPerByte: Double?
        public var decompressionNanosPerByte: Double?

        public init() {}

        var compressionRatio: Double? { quotient(uncompressedBatchBytes, storedBytes) }
        var recordsPerBatch: Double? { quotient(ackedRecords, batches) }
        var bytesPerBatch: Double? { quotient(storedBytes, batches) }

        private func quotient(_ a: UInt64?, _ b: UInt64?) -> Double? {
            guard let a, let b, b > 0 else { return nil }
            return Double(a) / Double(b)
        }
    }

    public struct Lag: Sendable, Equatable {
        public var maxRecords: Int64?
        public var maxMillis: Double?
        public var drainSeconds: Double?
        public var drainRateRecordsPerSecond: Double?

        public init() {}
    }

    public struct Audit: Sendable, Equatable {
        public var lost: UInt64?
        public var duplicated: UInt64?
        public var reordered: UInt64?
        public var corrupt: UInt64?
        public var misrouted: UInt64?
        /// Where the first record with each fault is.
        public var firstFaults: [String] = []

        public init() {}
    }

    /// What the machine did meanwhile, and what the run cost it.
    public struct Machine: Sendable, Equatable {
        public var hiccupMaxNanos: Int64?
        public var hiccupP99Nanos: Int64?
        public var cpuStealPercent: Double?
        public var cpuUserSeconds: Double?
        public var cpuSystemSeconds: Double?
        public var rssMaxBytes: Int64?
        public var fdatasyncCalls: UInt64?

        public init() {}
    }

    /// Rates as shares of the machine's own limits, measured in the same run: 1 is the limit.
    public struct Shares: Sendable, Equatable {
        public var ofMemoryCopy: Double?
        public var ofCRC32C: Double?
        public var ofWrite: Double?
        public var ofFdatasync: Double?
        public var ofCompression: Double?
        public var ofDecompression: Double?
        public var ofSendfile: Double?
        public var ofSocketWrite: Double?

        public init() {}
    }
}

extension SummaryRow {
    /// How many thresholds the profile has, and how many of them the run failed; nil without any.
    public struct Thresholds: Sendable, Equatable {
        public var count: Int?
        public var failed: Int?

        public init() {}

        public init(_ rows: [ThresholdRow]) {
            guard !rows.isEmpty else { return }
            count = rows.count
            failed = rows.count { !$0.holds }
        }
    }
}

/// Which run, variant and repetition a row belongs to: the first columns of every file.
public struct RunIdentity: Sendable, Equatable {
    public var runID: String
    /// When the measured part began, in nanoseconds since 1970.
    public var startedAtUnixNanos: Int64
    public var profile: String
    /// The name of the variant in a sweep; `default` without one.
    public var variant: String
    /// Counts from 1.
    public var repetition: Int
    /// `embedded`, or the address of a cluster.
    public var target: String

    public init(
        runID: String, startedAtUnixNanos: Int64, profile: String, variant: String = "default",
        repetition: Int = 1, target: String
    ) {
        self.runID = runID
        self.startedAtUnixNanos = startedAtUnixNanos
        self.profile = profile
        self.variant = variant
        self.repetition = repetition
        self.target = target
    }
}
