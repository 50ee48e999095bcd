import Measurement

/// The runs of a comparison, fixed before its first one: `plan.json` in its folder. A resumed
/// comparison follows it, even if the profile has changed since.
public struct ComparisonPlan: Codable, Sendable, Equatable {
    public static let fileName = "plan.json"
    public static let currentFormat = 1

    public struct Setting: Codable, Sendable, Equatable {
        /// The setting's name, such as `compression.type`.
        public var path: String
        /// As written, such as `zstd:3`.
        public var value: String

        public init(path: String, value: String) {
            self.path = path
            self.value = value
        }
    }

    public struct Variant: Codable, Sendable, Equatable {
        public var name: String
        /// Its folder below `runs`.
        public var folder: String
        public var settings: [Setting]
        /// The expected duration of a run by its profile; nil if only a count of records ends it.
        public var plannedSeconds: Double?
    }

    /// One run of one variant.
    public struct Run: Hashable, Sendable {
        /// Index of the variant.
        public var variant: Int
        /// From 1.
        public var repetition: Int

        public init(variant: Int, repetition: Int) {
            self.variant = variant
            self.repetition = repetition
        }
    }

    public enum Purpose: String, Codable, Sendable {
        /// Every variant in every repetition.
        case comparison
        /// Rates that are chosen during a search.
        case rateSearch = "rate_search"
    }

    /// The settings of a search for the highest rate.
    public struct RateSearch: Codable, Sendable, Equatable {
        /// The widest interval of a confirmed answer, as a share of its lower end.
        public var tolerance: Double
        /// The bounds, in the form of thresholds.
        public var bounds: [String]

        public init(tolerance: Double, bounds: [String]) {
            self.tolerance = tolerance
            self.bounds = bounds
        }
    }

    public var format = Self.currentFormat
    public var purpose = Purpose.comparison
    /// Nil for a comparison.
    public var rateSearch: RateSearch?
    /// What its rows are called, also once its folder has another name; nil in plans of older
    /// versions.
    public var runID: String?
    /// The profile's name.
    public var profile: String
    /// The target, as in `summary.csv`.
    public var target: String
    /// The origin of the times in the comparison's histogram log, in nanoseconds since 1970.
    public var startedAtUnixNanos: Int64
    /// The seed of the order of the runs.
    public var seed: UInt64
    public var repetitions: Int
    /// The labels of its runs; nil in plans of older versions.
    public var labels: RunLabels?
    /// The variant with which the others are compared; nil for the first.
    public var baseline: String?
    public var variants: [Variant]
    /// How often at most a run that the machine disturbed is made again; nil in plans of older
    /// versions, which made none again.
    public var retries: Int?
    /// Folders of finished results that the runs are compared with at the end; nil for none.
    public var against: [String]?
    /// Whether they are compared even if machine or payload differ; nil for no.
    public var isForced: Bool?
    /// `--fail-if` conditions, as written; nil for none.
    public var failIf: [String]?

    public init(
        profile: String, target: String = TargetKind.embedded.rawValue,
        startedAtUnixNanos: Int64 = 0, seed: UInt64, repetitions: Int, baseline: String? = nil
    ) {
        self.profile = profile
        self.target = target
        self.startedAtUnixNanos = startedAtUnixNanos
        self.seed = seed
        self.repetitions = repetitions
        self.baseline = baseline
        variants = []
    }

    /// All runs of a comparison, in the order in which they are made.
    public var runs: [Run] {
        guard !variants.isEmpty else { return [] }
        return (1...max(repetitions, 1)).flatMap { repetition in
            RunOrder.round(repetition: repetition, of: variants.count, seed: seed).map {
                Run(variant: $0, repetition: repetition)
            }
        }
    }

    /// Whether a plan that was read back is valid.
    public var isSound: Bool {
        let names = variants.map(\.name)
        let folders = variants.map(\.folder)
        // A search for a rate adds its variants while it runs.
        let isBegun = purpose == .rateSearch ? rateSearch != nil : !variants.isEmpty
        return isBegun && (1...Self.mostRepetitions).contains(repetitions)
            && Set(names).count == names.count && Set(folders).count == folders.count
            && folders.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("/") }
    }

    /// Adds a variant, with a folder of its own.
    public mutating func add(
        _ name: String, settings: [Setting], plannedSeconds: Double?
    ) {
        let folder = Self.folderName(for: name, besides: variants.map(\.folder))
        variants.append(
            Variant(
                name: name, folder: folder, settings: settings, plannedSeconds: plannedSeconds))
    }

    /// `zstd:3,64KiB` becomes `zstd-3-64KiB`, which needs no quoting in filesystems and shells.
    static func folderName(for name: String, besides taken: [String]) -> String {
        let plain = name.prefix(longestFolderName).map { character -> Character in
            character.isASCII && (character.isLetter || character.isNumber)
                || "._-".contains(character) ? character : "-"
        }
        var folder = String(plain)
        // A folder with a leading dot is hidden, and `..` is another folder.
        if folder.isEmpty || folder.hasPrefix(".") { folder = "variant" + folder }
        let names = Set(taken)
        guard names.contains(folder) else { return folder }
        // One of this many suffixes is free.
        let suffix = (2...(taken.count + 2)).first { !names.contains("\(folder)-\($0)") }!
        return "\(folder)-\(suffix)"
    }

    private static let longestFolderName = 100
    private static let mostRepetitions = 100_000
}

extension Profile {
    /// The expected duration of a run, without its preparation and drain; nil if a count of records
    /// or a backlog ends it.
    public var plannedSeconds: Double? {
        guard case .duration(let duration) = length else { return nil }
        return (warmup + duration) / .seconds(1)
    }
}
