/// Whether figures of several results folders may be compared: whether they have the same machine
/// and the same payload.
public struct Comparability: Sendable {
    /// The differences that forbid a comparison: in machine, build and payload.
    public let differences: [Difference]
    /// Differences that are only reported, because they may be what is compared: versions, and
    /// machines of one kind.
    public let notes: [Difference]

    /// Something that is not the same everywhere.
    public struct Difference: Sendable, CustomStringConvertible {
        public let what: String
        /// The different values, each with the names of its results.
        public let values: [(value: String, names: [String])]

        /// `kernel: Linux 6.18 (orders/…); Linux 6.12 (orders/… and 3 more)`.
        public var description: String {
            let parts = values.map { value, names in
                let others = names.count > 2 ? " and \(names.count - 1) more" : ""
                let shown = names.count > 2 ? Array(names.prefix(1)) : names
                return "\(value) (\(shown.joined(separator: ", "))\(others))"
            }
            return "\(what): " + parts.joined(separator: "; ")
        }
    }

    /// - Parameter results: with their `summary.csv`, where they have one.
    public init(_ results: [SavedResults]) {
        differences = Self.machine(results) + Self.format(results) + Self.payload(results)
        notes =
            Self.difference("version of weir", results) { $0.environment?["weir_version"]?.text }
            + Self.builds(results) + Self.codecVersions(results)
            + Self.difference("host", results) { $0.environment?["host"]?.text }
    }

    /// Only for one version, since builds of several always differ. Older versions gave no build.
    private static func builds(_ results: [SavedResults]) -> [Difference] {
        let versions = Set(results.map { $0.environment?["weir_version"]?.text })
        guard versions.count == 1 else { return [] }
        return difference("build of weir", results) { $0.environment?["weir_build"]?.text }
    }

    /// Each library separately: older versions of Weir recorded fewer of them, which is not a
    /// difference.
    private static func codecVersions(_ results: [SavedResults]) -> [Difference] {
        func versions(_ results: SavedResults) -> JSONValue? {
            results.environment?["codec_versions"]
        }
        let libraries = Set(results.flatMap { versions($0)?.members.map(\.key) ?? [] })
        return libraries.sorted().flatMap { library in
            difference("version of \(library)", results) { versions($0)?[library]?.text }
        }
    }

    // MARK: The machine

    private static func machine(_ results: [SavedResults]) -> [Difference] {
        guard results.count > 1 else { return [] }
        let unknown = results.filter { $0.environment == nil }.map(\.name)
        let missing =
            unknown.isEmpty
            ? []
            : [
                Difference(
                    what: "machine", values: [("unknown without environment.json", unknown)])
            ]
        func text(_ keys: String...) -> (SavedResults) -> String? {
            { results in
                let value = keys.reduce(results.environment) { $0?[$1] }
                return value == .null ? nil : value?.description
            }
        }
        let mount = "data_directory_mount"
        return missing + difference("CPU", results, by: text("cpu_model"))
            + difference("cores", results, by: text("cores"))
            + memory(results)
            + difference("architecture", results, by: text("architecture"))
            + difference("kernel", results, by: text("kernel"))
            + difference("CPU governor", results, by: text("cpu_governor"))
            + difference("virtual machine", results, by: text("is_virtual_machine"))
            + difference("filesystem of the log", results, by: text(mount, "filesystem"))
            + difference("disk of the log", results, by: text(mount, "device"))
            + difference("optimized build of weir", results, by: text("is_optimized_build"))
    }

    /// The kernel reserves a varying amount of memory at each start.
    private static let memorySlack = 0.01

    private static func memory(_ results: [SavedResults]) -> [Difference] {
        let sizes = results.compactMap { $0.environment?["memory_bytes"]?.number }
        guard let least = sizes.min(), let most = sizes.max(), most > least * (1 + memorySlack)
        else { return [] }
        return difference("memory", results) {
            $0.environment?["memory_bytes"]?.number.map(Figure.bytes)
        }
    }

    /// Rows of different formats are not comparable: records of the first format carried a stamp.
    private static func format(_ results: [SavedResults]) -> [Difference] {
        difference(
            "format of summary.csv",
            results.flatMap { results in
                (results.summary?.rows ?? []).map {
                    (name: results.name, value: $0["format_version"] ?? "1")
                }
            })
    }

    // MARK: The payload

    /// Payloads that a sweep varies differ on purpose.
    private static func payload(_ results: [SavedResults]) -> [Difference] {
        let parts = results.map { results in
            (results.name, results.summary?.rows.filter { !variesPayload($0, of: results) } ?? [])
        }
        func differing(_ what: String, _ column: String) -> [Difference] {
            let known = parts.flatMap { name, rows in
                rows.compactMap { row in
                    // Older versions wrote only the digits of a checksum.
                    row[column].map { (name: name, value: $0.replacing("crc32c:", with: "")) }
                }
            }
            return difference(what, known)
        }
        let kinds = differing("payload", "payload_kind")
        if !kinds.isEmpty { return kinds }
        // Older versions wrote no checksum; then the sizes are compared.
        let hasChecksums = parts.allSatisfy { $0.1.allSatisfy { $0["payload_checksum"] != nil } }
        return hasChecksums
            ? differing("payload's bytes, by their checksum", "payload_checksum")
            : differing("payload's mean size in bytes", "payload_value_size_mean_bytes")
    }

    private static func variesPayload(_ row: CSVTable.Row, of results: SavedResults) -> Bool {
        results.summary?.columns.contains { column in
            let isOfPayload =
                column.hasPrefix("set_payload_") || column.hasPrefix("set_keys_")
                || column == "set_seed"
            return isOfPayload && row[column] != nil
        } ?? false
    }

    // MARK: Differences

    private static func difference(
        _ what: String, _ results: [SavedResults], by value: (SavedResults) -> String?
    ) -> [Difference] {
        difference(what, results.compactMap { one in value(one).map { (one.name, $0) } })
    }

    /// Nil if all values are the same.
    private static func difference(
        _ what: String, _ known: [(name: String, value: String)]
    ) -> [Difference] {
        var values: [(value: String, names: [String])] = []
        for (name, value) in known {
            if let index = values.firstIndex(where: { $0.value == value }) {
                if !values[index].names.contains(name) { values[index].names.append(name) }
            } else {
                values.append((value, [name]))
            }
        }
        return values.count > 1 ? [Difference(what: what, values: values)] : []
    }
}
