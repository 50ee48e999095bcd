import LoadGenerator
import Reporting

/// The names of the runs of several results folders in a comparison, and which variants are
/// compared with which.
///
/// A run of a comparison keeps its variant's name; any other run is named by the settings in which
/// the folders differ: `lz4`, `zstd:3,linger.ms=5ms`. If they differ in more than
/// `maximumSettings`, runs are named by profile or folder. Runs of one name from several sides,
/// such as before and after a change, also get the name of their side (`FinishedSides`). Runs of
/// one name are repetitions.
struct FinishedVariants {
    /// A name for each row of each folder's `summary.csv`, in the order of the folders.
    let names: [[String]]
    /// For variants with a baseline of their own: the baseline's name, by the variant's.
    let counterparts: [String: String]
    /// Notes on differences that the names do not contain.
    let notes: [String]
    private let folders: [String: [String]]

    /// With more settings a name would be too long.
    static let maximumSettings = 4

    /// One row of a summary.
    struct Run {
        /// The unique name of its folder.
        let folder: String
        let provenance: Provenance
        let profile: String
        /// Nil for a run outside of a comparison.
        let variant: String?
        let settings: WrittenSettings
        /// The settings that its comparison varies, which are in its variant's name.
        let named: Set<String>

        /// Whether the variant's name contains the value of a setting. A single run that was copied
        /// out of a comparison has the varied settings only in that name.
        func tells(_ setting: String) -> Bool {
            if named.contains(setting) { return true }
            guard let label = settings.label(of: [setting]) else { return false }
            return variant?.split(separator: ",").contains { $0 == label } ?? false
        }
    }

    /// - Parameters:
    ///   - results: with their `summary.csv`.
    ///   - baselineCount: how many of them, the first ones, are the baseline's; 0 without
    ///     --against.
    init(_ results: [SavedResults], baselineCount: Int = 0) throws {
        var runs: [[Run]] = []
        for one in results {
            let isUnique = results.count { $0.name == one.name } == 1
            runs.append(try Self.runs(of: one, folder: isUnique ? one.name : one.path))
        }
        let sides: FinishedSides
        if baselineCount > 0 {
            let (before, after) = (runs.prefix(baselineCount), runs.dropFirst(baselineCount))
            sides = try FinishedSides(
                before: Array(before), Self.names(of: Array(before)),
                after: Array(after), Self.names(of: Array(after)))
        } else {
            sides = FinishedSides(runs, Self.names(of: runs))
        }
        names = sides.names
        counterparts = sides.counterparts
        notes = sides.notes
        folders = Dictionary(
            zip(results.map(\.path), names), uniquingKeysWith: { first, _ in first })
    }

    /// The variant of all runs of a folder; nil if there are several.
    func name(ofFolder path: String) -> String? {
        let names = Set(folders[path] ?? [])
        return names.count == 1 ? names.first : nil
    }

    private static func runs(
        of results: SavedResults, folder: String
    ) throws(ProfileError) -> [Run] {
        let base = try results.profileYAML.map { (yaml) throws(ProfileError) in
            try WrittenSettings(yaml: yaml, source: results.path + "/profile.yaml")
        }
        let summary = results.summary!
        let columns = summary.columns.filter { $0.hasPrefix("set_") }
        return summary.rows.map { row in
            var settings = base ?? WrittenSettings(values(of: row, Self.settingsColumns))
            let varied = values(of: row, columns)
            let named = columns.map { (column: $0, name: settings.name(ofColumn: $0)) }
            for (column, name) in named {
                if let value = varied[column] { settings.set(name, to: value) }
            }
            return Run(
                folder: folder, provenance: Provenance(row, of: results),
                profile: row["profile"] ?? results.name,
                variant: row["variant"].flatMap { $0 == Variant.default.name ? nil : $0 },
                settings: settings, named: Set(named.map(\.name)))
        }
    }

    private static func values(of row: CSVTable.Row, _ columns: [String]) -> [String: String] {
        columns.reduce(into: [:]) { values, column in values[column] = row[column] }
    }

    /// The columns that distinguish runs if a folder has no profile.
    private static let settingsColumns = [
        "target", "loop", "compression_type", "compression_level", "batch_size_bytes", "linger_ms",
        "acks", "idempotence", "producers", "consumers", "topics", "partitions", "flush_messages",
        "flush_ms", "payload_kind", "offered_rate_records_per_s",
    ]

    private static func names(of runs: [[Run]]) -> [[String]] {
        let all = runs.joined()
        let differing = WrittenSettings.differing(among: all.map(\.settings))
        /// The differences that no variant's name contains.
        func untold(_ run: Run) -> [String] { differing.filter { !run.tells($0) } }
        let speaksOfSettings = Set(all.flatMap(untold)).count <= maximumSettings
        let isOneProfile = Set(all.map(\.profile)).count == 1
        /// Variants' names by their settings, for single runs of the same settings.
        var known: [WrittenSettings: String] = [:]
        for run in all where untold(run).isEmpty { known[run.settings] = run.variant }
        let names = runs.map { runs in
            runs.map { run in
                let untold = untold(run)
                if untold.isEmpty { return run.variant ?? run.profile }
                if run.variant == nil, let name = known[run.settings] { return name }
                let rest =
                    speaksOfSettings
                    ? run.settings.label(of: untold) : isOneProfile ? run.folder : run.profile
                let parts = [run.variant, rest].compactMap(\.self)
                return parts.isEmpty ? run.profile : parts.joined(separator: ",")
            }
        }
        return disambiguated(names, runs)
    }

    /// Adds the folder to names that runs with different settings share.
    private static func disambiguated(_ names: [[String]], _ runs: [[Run]]) -> [[String]] {
        var settings: [String: Set<WrittenSettings>] = [:]
        for (name, run) in zip(names.joined(), runs.joined()) {
            settings[name, default: []].insert(run.settings)
        }
        return zip(names, runs).map { names, runs in
            zip(names, runs).map { name, run in
                settings[name]!.count > 1 ? "\(name) (\(run.folder))" : name
            }
        }
    }
}
