import SettingKeys

/// The fields of a small mapping such as `{min: 1KiB, max: 4KiB}`, with their names checked.
struct Fields {
    private var nodes: [String: ProfileDocument.Node] = [:]

    /// - Throws: for a node that is no mapping, for an unknown field and for a missing one.
    init(
        _ node: ProfileDocument.Node, required: [String], optional: [String] = []
    ) throws(ProfileError) {
        let names = required + optional.filter { !required.contains($0) }
        let form = "{" + names.map { "\($0): …" }.joined(separator: ", ") + "}"
        guard case .mapping(let entries) = node.content else {
            throw ProfileError(expected: form, not: node)
        }
        for entry in entries {
            guard names.contains(entry.key) else {
                throw ProfileError(
                    "unknown key '\(entry.key)'" + NearestName.hint(for: entry.key, among: names),
                    at: entry.keyPlace)
            }
            nodes[entry.key] = entry.value
        }
        for name in required where nodes[name] == nil {
            throw ProfileError("'\(name)' is missing; expected \(form)", at: node.place)
        }
    }

    subscript(name: String) -> ProfileDocument.Node? { nodes[name] }
}
