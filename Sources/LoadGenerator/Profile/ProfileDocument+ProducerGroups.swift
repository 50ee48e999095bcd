import SettingKeys

/// `producers` as a list: each element has the settings of the section `producers`, a name, and what it
/// has of its own in the sections `payload`, `keys` and `topics`.
extension ProfileDocument {
    static let sectionsOfGroups = ["payload", "keys", "topics"]
    private static let path = ["producers"]

    /// The elements of the list; nil where `producers` is a section.
    var producerGroups: [Node]? {
        guard case .sequence(let groups)? = root.node(at: Self.path[...])?.content else {
            return nil
        }
        return groups
    }

    static func nameOfGroup(_ group: Node) -> String? {
        guard case .scalar(let name, _)? = group.node(at: ["name"])?.content else { return nil }
        return name
    }

    /// The document as it is for one of the groups: a profile without a list.
    func document(of group: Node) -> ProfileDocument {
        var document = self
        var own = group
        own.remove(["name"])
        for section in Self.sectionsOfGroups {
            guard let settings = own.node(at: [section]) else { continue }
            own.remove([section])
            guard case .mapping(let entries) = settings.content else {
                // The reader refuses it.
                document.root.set(settings, at: [section], place: settings.place)
                continue
            }
            for entry in entries {
                document.root.set(entry.value, at: [section, entry.key], place: entry.keyPlace)
            }
        }
        document.root.set(own, at: Self.path[...], place: group.place)
        document.splitCompressionType(replacesLevel: false)
        return document
    }

    /// Sets a setting of one group, by name or index, or of all (`*`).
    mutating func setInProducerGroups(
        _ path: [String], _ value: Node, _ place: Place
    ) throws(ProfileError) {
        guard var groups = producerGroups else {
            throw ProfileError(
                "the profile has one group of producers, without a name; leave the name out",
                at: place)
        }
        let names = groups.map { Self.nameOfGroup($0) ?? "" }
        var indices = Array(groups.indices)
        if path[0] != "*" {
            guard let index = names.firstIndex(of: path[0]) ?? Int(path[0]),
                groups.indices.contains(index)
            else {
                throw ProfileError(
                    "there is no group of producers '\(path[0])'"
                        + NearestName.hint(for: path[0], among: names), at: place)
            }
            indices = [index]
        }
        for index in indices { groups[index].set(value, at: path.dropFirst(), place: place) }
        root.set(
            Node(content: .sequence(groups), place: place), at: Self.path[...], place: place)
    }

    /// The address and the setting's path in a key such as `producers.orders.config.linger.ms` or
    /// `producers.orders.payload.kind`; nil for another key.
    static func inProducerGroup(_ key: String) -> [String]? {
        guard key.hasPrefix("producers."), SettingName.matching(key).isEmpty else { return nil }
        let rest = key.dropFirst("producers.".count)
        // The longest ending that names a setting.
        for setting in Profile.settings.sorted(by: { $0.name.count > $1.name.count }) {
            var path = setting.path
            if path[0] == "producers" {
                path.removeFirst()
            } else if !sectionsOfGroups.contains(path[0]) {
                continue
            }
            let ending = "." + path.joined(separator: ".")
            guard rest.hasSuffix(ending), rest.count > ending.count else { continue }
            return [String(rest.dropLast(ending.count))] + path
        }
        return nil
    }
}
