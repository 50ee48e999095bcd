import Measurement

/// The runs of a comparison, fixed before its first one: `plan.json` in its folder, which a resumed
/// comparison goes by, whatever has become of the profile since.
public struct ComparisonPlan: Codable, Sendable, Equatable {
    public static let fileName = "plan.json"
    public static let currentFormat = 1

    public struct Setting: Codable, Sendable, Equatable {
        /// As it was varied, such as `compression.type`.
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
        /// What a run should take by its profile; nil where only a count of records ends it.
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
        /// Rates that were tried as the search went on: there is no list of what is left.
        case rateSearch = "rate_search"
    }

    /// What a search for the highest rate goes by.
    public struct RateSearch: Codable, Sendable, Equatable {
        /// The widest that a confirmed interval is, as a share of its lower end.
        public var tolerance: Double
        /// What must hold, as thresholds are written.
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
    /// The profile's name.
    public var profile: String
    /// What is loaded, as `summary.csv` says it.
    public var target: String
    /// Where the times of the comparison's histogram log begin, in nanoseconds since 1970.
    public var startedAtUnixNanos: Int64
    /// Draws the order of the runs.
    public var seed: UInt64
    public var repetitions: Int
    /// What the user calls its runs; nil in plans of older versions.
    public var labels: RunLabels?
    /// The variant that the others are compared with; nil for the first.
    public var baseline: String?
    public var variants: [Variant]
    /// How often a run that the machine disturbed is made again at most; nil in plans of older versions,
    /// which made none again.
    public var retries: Int?
    /// Folders of finished results that the runs are compared with in the end; nil for none.
    public var against: [String]?
    /// Whether they are compared although machine or payload differ; nil for no.
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

    /// Whether a plan that was read back is one that could have been written.
    public var isSound: Bool {
        let names = variants.map(\.name)
        let folders = variants.map(\.folder)
        // A search for a rate finds its variants on its way.
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

    /// `zstd:3,64KiB` becomes `zstd-3-64KiB`: what every file system and shell takes as it is.
    static func folderName(for name: String, besides taken: [String]) -> String {
        let plain = name.prefix(longestFolderName).map { character -> Character in
            character.isASCII && (character.isLetter || character.isNumber)
                || "._-".contains(character) ? character : "-"
        }
        var folder = String(plain)
        // A leading dot hides a folder, or means another one.
        if folder.isEmpty || folder.hasPrefix(".") { folder = "variant" + folder }
        let names = Set(taken)
        guard names.contains(folder) else { return folder }
        // One of so many suffixes is free.
        let suffix = (2...(taken.count + 2)).first { !names.contains("\(folder)-\($0)") }!
        return "\(folder)-\(suffix)"
    }

    private static let longestFolderName = 100
    private static let mostRepetitions = 100_000
}

extension Profile {
    /// What a run should take, without what is prepared before it and drained after; nil where a
    /// count of records or a backlog ends it.
    public var plannedSeconds: Double? {
        guard case .duration(let duration) = length else { return nil }
        return (warmup + duration) / .seconds(1)
    }
}
