import Glibc
import KafkaClient
import KafkaProtocol
import Measurement
import RecordFormat

/// The limits of this machine, and the engine's share of each.
public struct Roofline {
    /// A limit, or a share of one, in the order in which they are measured.
    public enum Finding: Sendable {
        case limit(ProbeResult)
        case share(EngineShare)
    }

    public struct Settings: Sendable {
        /// On the filesystem to be measured; files are created and deleted in it.
        public var directory: String
        public var schedule: ProbeSchedule
        public var zstdLevels: [Int]
        public var batchSizes: [Int]
        /// To each of these the bare round trip of a request is measured.
        public var brokers: Brokers?

        public init(
            directory: String, schedule: ProbeSchedule = ProbeSchedule(),
            zstdLevels: [Int] = [1, 3, 9], batchSizes: [Int] = [64 << 10, 1 << 20],
            brokers: Brokers? = nil
        ) {
            self.brokers = brokers
            self.directory = directory
            self.schedule = schedule
            self.zstdLevels = zstdLevels
            self.batchSizes = batchSizes
        }
    }

    /// The addresses of brokers.
    public struct Brokers: Sendable {
        let addresses: [BrokerAddress]

        /// `host:port`, several with commas between; nil for anything else.
        public init?(_ text: String) {
            guard let addresses = BrokerAddress.list(text) else { return nil }
            self.addresses = addresses
        }
    }

    private let settings: Settings
    private let profile: Profile

    /// - Parameter profile: its payload is compressed, appended and fetched.
    public init(profile: Profile, settings: Settings) {
        self.profile = profile
        self.settings = settings
    }

    /// Measures everything, one after the other.
    ///
    /// - Parameters:
    ///   - progress: gets the name of each measurement when it begins.
    ///   - found: gets each finding when it is measured.
    public func run(
        progress: (String) -> Void, found: (Finding) -> Void
    ) throws(RooflineError) {
        do {
            for broker in settings.brokers?.addresses ?? [] {
                progress("the round trip of a request to \(broker)")
                found(.limit(try Self.roundTrip(to: broker, settings.schedule)))
            }
            let small = try pool(.fixed(100))
            let kilobyte = try pool(.fixed(1024))
            let payload = try PayloadPool.prepare(for: profile)
            for batchSize in settings.batchSizes {
                try limits(payload, batchSize, progress, found)
                try shares(small, kilobyte, payload, batchSize, progress, found)
            }
        } catch let error as RooflineError {
            throw error
        } catch {
            throw RooflineError(error)
        }
    }

    /// ApiVersions, which every broker answers at once.
    static func roundTrip(
        to broker: BrokerAddress, _ schedule: ProbeSchedule
    ) throws -> ProbeResult {
        var writer = FieldWriter()
        try writer.append(ApiVersionsRequest(), version: 0, correlationID: 0, clientID: "weir")
        return try RoundTripProbe.run(
            host: broker.host, port: broker.port, request: writer.bytes, schedule: schedule)
    }

    /// Records of one size whose content does not matter: nothing is compressed.
    private func pool(_ size: SizeDistribution) throws(PayloadError) -> PayloadPool {
        var profile = Profile()
        profile.seed = self.profile.seed
        profile.payload.kind = .random
        profile.payload.size = size
        return try PayloadPool.prepare(for: profile)
    }

    private func limits(
        _ pool: PayloadPool, _ batchSize: Int, _ progress: (String) -> Void,
        _ found: (Finding) -> Void
    ) throws {
        let (directory, schedule) = (settings.directory, settings.schedule)
        let blocks = try EncodedBlocks(pool: pool, batchSize: batchSize)
        func limit(_ name: String, _ measure: () throws -> ProbeResult) throws {
            progress("\(name), \(batchSize) bytes")
            found(.limit(try measure()))
        }
        try limit("memory_copy") {
            unsafe MemoryCopyProbe.run(
                payload: blocks.bytes, blockByteCount: batchSize, schedule: schedule)
        }
        try limit("crc32c") {
            var (index, checksum) = (0, UInt32(0))
            return ProbeLoop.measure("crc32c", blockByteCount: batchSize, schedule: schedule) {
                () throws(Never) in
                index = (index + 1) % blocks.count
                let records = unsafe blocks.records(index)
                checksum ^= unsafe CRC32C.checksum(records)
                return records.count
            }
        }
        try limit("write") {
            try unsafe WriteProbe.run(
                directory: directory, payload: blocks.bytes, blockByteCount: batchSize,
                segmentByteCount: RooflineLog.segmentByteCount,
                retainedByteCount: RooflineLog.retainedByteCount, schedule: schedule)
        }
        try limit("fdatasync") {
            try unsafe FlushProbe.run(
                directory: directory, payload: blocks.bytes, blockByteCount: batchSize,
                segmentByteCount: RooflineLog.segmentByteCount,
                retainedByteCount: RooflineLog.retainedByteCount, schedule: schedule)
        }
        try limit("sendfile") {
            try unsafe SendfileProbe.run(
                directory: directory, payload: blocks.bytes, blockByteCount: batchSize,
                schedule: schedule)
        }
        try limit("socket_write") {
            try unsafe SocketWriteProbe.run(
                payload: blocks.bytes, blockByteCount: batchSize, schedule: schedule)
        }
    }

    private func shares(
        _ small: PayloadPool, _ kilobyte: PayloadPool, _ payload: PayloadPool, _ batchSize: Int,
        _ progress: (String) -> Void, _ found: (Finding) -> Void
    ) throws {
        let (directory, schedule) = (settings.directory, settings.schedule)
        let kind = profile.payload.file ?? profile.payload.kind.rawValue
        func share(_ name: String, _ measure: () throws -> EngineShare) throws {
            progress("\(name), \(batchSize) bytes, engine and limit interleaved")
            found(.share(try measure()))
        }
        for (pool, detail) in [(kilobyte, "1 KiB records"), (small, "100-byte records")] {
            try share("append of \(detail)") {
                try .append(
                    pool: pool, detail: detail, batchSize: batchSize, directory: directory,
                    schedule: schedule)
            }
            try share("fetch of \(detail)") {
                try .fetch(
                    pool: pool, detail: detail, batchSize: batchSize, directory: directory,
                    schedule: schedule)
            }
        }
        for level in settings.zstdLevels {
            try share("append of \(kind) with zstd:\(level)") {
                try .compressedAppend(
                    pool: payload, detail: kind, level: level, batchSize: batchSize,
                    directory: directory, schedule: schedule)
            }
            try share("fetch of \(kind) with zstd:\(level)") {
                try .compressedFetch(
                    pool: payload, detail: kind, level: level, batchSize: batchSize,
                    directory: directory, schedule: schedule)
            }
        }
    }
}
