import RecordFormat

extension PayloadPool {
    /// Makes or reads the values of a profile, at hundreds of megabytes a second. Call it before
    /// the timed part of a run.
    /// - Throws: the fault of the corpus, or a codec's failure while calibrating.
    public static func prepare(for profile: Profile) throws(PayloadError) -> PayloadPool {
        if profile.onlyConsumes { return nothing }
        let settings = profile.payload
        var builder = PayloadPoolBuilder(capacity: settings.pool)
        let generator = RandomGenerator(seed: profile.seed, stream: .payload)
        switch settings.kind {
        case .corpus:
            let report = try Corpus(profile).read(into: &builder)
            return PayloadPool(builder, corpus: report, ratio: nil)
        case .orders: fill(&builder, with: OrdersSynthesizer(generator: generator))
        case .signups: fill(&builder, with: SignupsSynthesizer(generator: generator))
        case .logs: fill(&builder, with: LogsSynthesizer(generator: generator))
        case .metrics: fill(&builder, with: MetricsSynthesizer(generator: generator))
        case .random: fill(&builder, incompressibleShare: 1, profile)
        case .zeros: fill(&builder, incompressibleShare: 0, profile)
        case .ratio:
            let report = try RatioCalibration(profile).run()
            fill(&builder, incompressibleShare: report.incompressibleShare, profile)
            return PayloadPool(builder, corpus: nil, ratio: report)
        }
        return PayloadPool(builder, corpus: nil, ratio: nil)
    }

    /// One byte, for a run that sends none.
    private static var nothing: PayloadPool {
        var builder = PayloadPoolBuilder(capacity: 1)
        _ = builder.append([0])
        return PayloadPool(builder, corpus: nil, ratio: nil)
    }

    private static func fill(
        _ builder: inout PayloadPoolBuilder, with synthesizer: some Synthesizer
    ) {
        var synthesizer = synthesizer
        var text = RecordText()
        repeat {
            text.reset()
            synthesizer.write(&text)
        } while builder.append(text.value, key: text.key)
    }

    /// Values of the profile's sizes, of which a share is random and the rest is zeros.
    static func fill(
        _ builder: inout PayloadPoolBuilder, incompressibleShare: Double, _ profile: Profile
    ) {
        var values = MixedValues(incompressibleShare: incompressibleShare, profile)
        repeat { values.makeNext() } while builder.append(values.bytes)
    }
}

/// Values of which a chosen share is random bytes and the rest zeros.
struct MixedValues {
    private var sizes: SizeSampler
    private var generator: RandomGenerator
    private let share: Double
    /// The fraction of a random byte that is carried over, so that small values have the share on
    /// average.
    private var owed = 0.0
    private(set) var bytes: [UInt8] = []

    init(incompressibleShare: Double, _ profile: Profile) {
        let natural = SizeDistribution.fixed(PayloadSettings.defaultByteCount)
        sizes = SizeSampler(profile.payload.size ?? natural, seed: profile.seed)
        generator = RandomGenerator(seed: profile.seed, stream: .payload)
        share = incompressibleShare
    }

    mutating func makeNext() {
        let count = sizes.next()
        owed += Double(count) * share
        let random = min(count, Int(owed))
        owed -= Double(random)
        if bytes.count != count { bytes = [UInt8](repeating: 0, count: count) }
        unsafe bytes.withUnsafeMutableBytes { buffer in
            for start in stride(from: 0, to: random, by: 8) {
                let word = generator.next().littleEndian
                unsafe withUnsafeBytes(of: word) { source in
                    let end = min(start + 8, random)
                    unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end])
                        .copyMemory(
                            from: UnsafeRawBufferPointer(rebasing: source[..<(end - start)]))
                }
            }
            unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[random...])
                .initializeMemory(as: UInt8.self, repeating: 0)
        }
    }
}

extension PayloadSettings {
    /// The size of values whose kind has no natural one.
    public static let defaultByteCount = 1024
}
