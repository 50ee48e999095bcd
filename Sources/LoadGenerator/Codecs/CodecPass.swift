import Measurement
import RecordFormat

/// Measures codecs and levels on batches of a sample's records, in seconds and without an engine: a
/// first look before `weir advise` runs load, or instead of that.
///
/// One thread, kept on a core, visits the cells in turn; times are its CPU time.
public struct CodecPass: Sendable {
    public struct Settings: Sendable {
        public var compressions = CodecPass.usualCompressions
        public var fillings: [BatchFilling] = [.records(10), .records(100), .records(1000)]
        /// Gives the records' timestamps, which are compressed, too; nil for one time.
        public var recordsPerSecond: Double?
        /// The pass ends then at the latest, but not before every cell had a visit.
        public var budget = Duration.seconds(10)
        /// How far the 95 % interval of a time may reach, as a share of it.
        public var tolerance = 0.03
        public var seed: UInt64 = 1

        public init() {}
    }

    /// What codecs are measured on.
    public enum Sample: Sendable {
        case payload(PayloadPool)
        /// `Settings.fillings` do not count.
        case stored(StoredBatches)
    }

    /// What the pass measured.
    public struct Result: Sendable {
        /// By filling, then in the order of the compressions.
        public var figures: [CodecFigures]
        /// Fillings that the sample has no full batch of.
        public var omitted: [BatchFilling]
        public var seconds: Double
        /// When every cell had its first value.
        public var firstValuesSeconds: Double
        /// Of a stored log: the size of each batch with zstd:1.
        var weights: [Int32]
        /// False if the system did not let the thread stay on its core.
        public var stayedOnCore: Bool
    }

    /// The levels that differ enough to choose between. Kafka's lz4:9 is the fast compressor; the
    /// other levels are those of the slower one.
    public static let usualCompressions: [Compression] =
        [.none, .snappy, .lz4(9)] + [3, 6, 12].map { .lz4($0) } + [1, 6, 9].map { .gzip($0) }
        + [-5, -1, 1, 3, 6, 9, 12, 15, 19].map { .zstd($0) }

    let sample: Sample
    let settings: Settings

    public init(_ pool: PayloadPool, settings: Settings) {
        self.init(.payload(pool), settings: settings)
    }

    public init(_ sample: Sample, settings: Settings) {
        self.sample = sample
        self.settings = settings
    }

    /// Measures on a thread of its own, and waits for it.
    /// - Parameters:
    ///   - firstValues: called when every cell has a value, with the seconds so far, on that thread.
    ///   - shouldEnd: asked between visits, on that thread.
    public func run(
        firstValues: @escaping @Sendable (Double) -> Void = { _ in },
        shouldEnd: @escaping @Sendable () -> Bool = { false }
    ) throws(CodecPassError) -> Result {
        let outcome = CheckedMutex<Swift.Result<Result, CodecPassError>?>(nil)
        do throws(ThreadError) {
            let thread = try SystemThread {
                let stayed = SystemThread.stayOnCore()
                let result: Swift.Result<Result, CodecPassError>
                do throws(CodecPassError) {
                    var measured = try measure(firstValues: firstValues, shouldEnd: shouldEnd)
                    measured.stayedOnCore = stayed
                    result = .success(measured)
                } catch {
                    result = .failure(error)
                }
                outcome.withLock { $0 = result }
            }
            thread.join()
        } catch {
            throw .thread(error)
        }
        guard let result = outcome.withLock({ $0 }) else {
            preconditionFailure("the thread has left a result")
        }
        return try result.get()
    }

    /// The same on the calling thread.
    /// - Parameters:
    ///   - clock: of the work.
    ///   - wallClock: of the budget.
    func measure(
        firstValues: (Double) -> Void = { _ in }, shouldEnd: () -> Bool = { false },
        clock: () -> Int64 = ThreadClock.now,
        wallClock: () -> Int64 = MonotonicClock.now
    ) throws(CodecPassError) -> Result {
        let start = wallClock()
        func elapsed() -> Double { Double(wallClock() - start) / 1e9 }
        var bench = try CodecBench(sample, settings)
        var turns = CodecTurns(tolerance: settings.tolerance, seed: settings.seed)
        var firstValuesSeconds: Double?
        let budget = settings.budget / .seconds(1)
        var round = turns.round(bench.standings())
        rounds: while !round.isEmpty {
            for cell in round {
                if shouldEnd() || firstValuesSeconds != nil && elapsed() >= budget { break rounds }
                try bench.visit(cell, clock: clock)
            }
            if firstValuesSeconds == nil {
                let seconds = elapsed()
                firstValuesSeconds = seconds
                firstValues(seconds)
            }
            round = turns.round(bench.standings())
        }
        let seconds = elapsed()
        return Result(
            figures: bench.figures(), omitted: bench.omitted, seconds: seconds,
            firstValuesSeconds: firstValuesSeconds ?? seconds, weights: bench.weightsOfStored,
            stayedOnCore: false)
    }
}
