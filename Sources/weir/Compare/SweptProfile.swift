import LoadGenerator
import Measurement
import Reporting

/// A profile with all variants resolved before the first run, so that errors are found at once.
struct SweptProfile {
    enum Source {
        case file(String)
        /// A profile that a command generated, with a name.
        case text(String, name: String)
    }

    struct Settings {
        var source: Source
        /// `--vary` options.
        var vary: [OptionText] = []
        /// `--set` options, for every variant.
        var overrides: [OptionText] = []
        /// `--threshold` options, for every variant.
        var thresholds: [OptionText] = []
        /// The options that concern the comparison and not a run.
        var comparison: [OptionText] = []
    }

    /// Variants with different payloads.
    struct IncomparableError: Error, CustomStringConvertible {
        let description: String
    }

    /// How often a run that the machine disturbed is made again, by default.
    static let usualRetries = 2

    let profile: Profile
    /// The resolved profile of each variant, in the order of the profile's variants.
    let variants: [Profile]

    init(_ settings: Settings) throws {
        profile = try settings.source.profile(
            overrides: settings.overrides + settings.comparison, vary: settings.vary,
            thresholds: settings.thresholds, checksVariants: true)
        var variants: [Profile] = []
        for variant in profile.variants {
            // The settings of the comparison are removed.
            variants.append(
                try settings.source.profile(
                    overrides: settings.overrides + variant.overrides.map { OptionText($0) },
                    vary: [],
                    thresholds: settings.thresholds, checksVariants: false
                ).withoutSweep)
        }
        self.variants = variants
        try checkPayload()
    }

    /// All variants must get the same bytes, unless the sweep varies the payload. Bytes of kind
    /// `ratio` are calibrated with each variant's codec and batch size, so they would differ.
    private func checkPayload() throws(IncomparableError) {
        var calibrations: Set<[String]> = []
        for variant in variants where variant.payload.kind == .ratio {
            let (compression, size) = (variant.producers.compression, variant.producers.batchSize)
            calibrations.insert([
                compression.codec.name, "\(compression.level ?? 0)", "\(size)",
            ])
        }
        guard calibrations.count > 1 else { return }
        throw IncomparableError(
            description: "\(profile.name): payload.kind ratio is calibrated with a run's own "
                + "codec and batch.size, so that variants of these would not get the same "
                + "payload; compare them on another kind, such as orders or corpus")
    }

    /// Makes the comparison's folder in a directory of results.
    /// - Parameter complete: completes the plan.
    func makeFolder(
        in out: String, labels: RunLabels, _ complete: (inout ComparisonPlan) -> Void = { _ in }
    ) throws(ReportingError) -> ComparisonFolder {
        let now = WallClock.now()
        var plan = ComparisonPlan(
            profile: profile.name, target: profile.target.rawValue, startedAtUnixNanos: now,
            seed: profile.seed, repetitions: profile.repetitions, baseline: profile.baseline)
        plan.labels = labels
        for (variant, resolved) in zip(profile.variants, variants) {
            plan.add(
                variant.name,
                settings: variant.settings.map { .init(path: $0.path, value: $0.value) },
                plannedSeconds: resolved.plannedSeconds)
        }
        plan.retries = Self.usualRetries
        complete(&plan)
        let results = try ResultsFolder.create(
            in: out, profile: profile.name, startedAtUnixNanos: now)
        try results.writeProfile(profile.resolvedYAML())
        try results.writeEnvironment(
            .ofThisProgram(dataDirectory: profile.dataDirectory ?? results.path))
        return try ComparisonFolder(in: results, plan: plan, variants: variants)
    }
}

extension SweptProfile.Source {
    fileprivate func profile(
        overrides: [OptionText], vary: [OptionText], thresholds: [OptionText], checksVariants: Bool
    ) throws(ProfileErrors) -> Profile {
        switch self {
        case .file(let path):
            try Profile(
                contentsOf: path, overrides: overrides, vary: vary, thresholds: thresholds,
                checksVariants: checksVariants)
        case .text(let yaml, let name):
            try Profile(
                yaml: yaml, name: name, source: name, overrides: overrides, vary: vary,
                thresholds: thresholds, checksVariants: checksVariants)
        }
    }
}
