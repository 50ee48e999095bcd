/// Where a run comes from: it distinguishes two measurements of the same load, such as those before
/// and after a change.
public struct Provenance: Sendable, Equatable {
    /// A value that may differ. It is in a column of `summary.csv`; older versions wrote some only
    /// to `environment.json`.
    struct Field: Sendable {
        let column: String
        /// The path of names to it in `environment.json`; empty if it is not there.
        let path: [String]
        /// The name of a run without a value. Nil if older versions did not write the field: then a
        /// missing value is no difference.
        var absence: String?
        /// Whether a difference in this field alone makes two sides of runs that were not given as
        /// sides. Tags do not, since they may differ from run to run.
        var tellsApart = true
        /// The name of a run with this value.
        let words: @Sendable (String) -> String

        init(
            _ column: String, path: [String]? = nil, absence: String? = nil,
            tellsApart: Bool = true,
            words: @escaping @Sendable (String) -> String = { $0 }
        ) {
            self.column = column
            self.path = path ?? [column]
            self.absence = absence
            self.tellsApart = tellsApart
            self.words = words
        }

        fileprivate func words(_ value: String?) -> String? { value.map(words) ?? absence }
    }

    /// In the order in which names use them: the label, what was built, the machine.
    static let fields: [Field] =
        [
            Field("label", path: [], absence: "no label"),
            Field("tags", path: [], absence: "no tags", tellsApart: false),
            Field("weir_version") { "weir \($0)" },
            Field("weir_build") { "build \($0)" },
        ]
        + ["zstd", "lz4", "zlib", "snappy"].map { library in
            Field("\(library)_version", path: ["codec_versions", library]) { "\(library) \($0)" }
        } + [
            Field("kernel"), Field("host"), Field("cpu_model"),
            Field("cores") { "\($0) cores" },
            Field("is_optimized_build") { $0 == "true" ? "release build" : "debug build" },
        ]

    /// One for each field.
    private let values: [String?]

    /// - Parameters:
    ///   - row: of `summary.csv`.
    ///   - results: the folder that the row is in.
    public init(_ row: CSVTable.Row, of results: SavedResults) {
        self.init { field in
            if let value = row[field.column] { return value }
            guard !field.path.isEmpty else { return nil }
            let value = field.path.reduce(results.environment) { $0?[$1] }
            return value == .null ? nil : value?.description
        }
    }

    init(_ value: (Field) -> String?) {
        values = Self.fields.map(value)
    }

    /// The run's label; nil without one.
    public var label: String? { values[0] }

    // MARK: Names

    /// A name for each run, of as few fields as distinguish all runs that differ. Runs of one name
    /// do not differ; if no runs differ, names are empty.
    public static func names(of all: [Provenance]) -> [String] {
        let known = fields.indices.filter { fields[$0].tellsApart && isKnown($0, all) }
        func count(_ chosen: [Int]) -> Int {
            Set(all.map { run in chosen.map { run.values[$0] } }).count
        }
        var chosen: [Int] = []
        for field in known where count(chosen + [field]) > count(chosen) { chosen.append(field) }
        return all.map { run in
            chosen.compactMap { fields[$0].words(run.values[$0]) }.joined(separator: ", ")
        }
    }

    /// Names for two groups of runs, by the first field that has one value in each group and
    /// differs between them; nil if there is none.
    public static func names(
        _ first: [Provenance], _ second: [Provenance]
    ) -> (first: String, second: String)? {
        for field in fields.indices where isKnown(field, first + second) {
            let values = [first, second].map {
                Set($0.map { fields[field].words($0.values[field]) })
            }
            guard values.allSatisfy({ $0.count == 1 }), values[0] != values[1],
                let one = values[0].first ?? nil, let other = values[1].first ?? nil
            else { continue }
            return (one, other)
        }
        return nil
    }

    private static func isKnown(_ field: Int, _ all: [Provenance]) -> Bool {
        fields[field].absence != nil || all.allSatisfy { $0.values[field] != nil }
    }
}
