/// `--set key=value`: values that replace what a document says, before any of it is validated, so
/// that an override is held to the same rules and may repair what the file gets wrong.
extension ProfileDocument {
    /// Applies one option.
    ///
    /// The key is a full name (`producers.config.batch.size`), an unambiguous end of one
    /// (`batch.size`), or either with a part of its value behind it (`payload.size.fixed`).
    /// Consumer groups are addressed by name, index or `*`.
    mutating func apply(_ option: String) throws(ProfileError) {
        let place = Place(source: "--set " + option)
        guard let equals = option.firstIndex(of: "=") else {
            throw ProfileError("expected key=value", at: place)
        }
        let key = option[..<equals].trimmed
        let text = option[option.index(after: equals)...].trimmed

        let target = try Target(key, groups: groupNames, place: place)
        var value: Node
        if target.isText, text != "null", !text.hasPrefix("\"") {
            value = Node(content: .scalar(text, isPlain: false), place: place)
        } else {
            value = try Self.value(text, option: place.source)
        }
        for part in target.partOfValue.reversed() {
            value = Node(
                content: .mapping([Entry(key: part, keyPlace: place, value: value)]), place: place)
        }
        if target.path.first == "consumers", target.path.count > 1 {
            try setInGroups(target, value, place)
        } else {
            root.set(value, at: target.path[...], place: place)
        }
        dropWhatBelongedToTheOldValue(of: target.path.joined(separator: "."), value)
    }

    private var groups: [Node] {
        guard case .mapping(let entries) = root.content,
            let consumers = entries.first(where: { $0.key == "consumers" }),
            case .sequence(let groups) = consumers.value.content
        else { return [] }
        return groups
    }

    private var groupNames: [String] {
        groups.map { group in
            guard case .mapping(let entries) = group.content,
                case .scalar(let name, _)? = entries.first(where: { $0.key == "group" })?
                    .value.content
            else { return "" }
            return name
        }
    }

    private mutating func setInGroups(
        _ target: Target, _ value: Node, _ place: Place
    ) throws(ProfileError) {
        let names = groupNames
        let address = target.path[1]
        var indices = Array(names.indices)
        if address != "*" {
            guard let index = names.firstIndex(of: address) ?? Int(address),
                names.indices.contains(index)
            else {
                throw ProfileError(
                    "there is no consumer group '\(address)'"
                        + NearestName.hint(for: address, among: names), at: place)
            }
            indices = [index]
        }
        guard !indices.isEmpty else {
            throw ProfileError(
                "the profile has no consumers; add some with "
                    + "--set 'consumers=[{group: my-group}]'", at: place)
        }
        var groups = groups
        for index in indices { groups[index].set(value, at: target.path[2...], place: place) }
        let list = Node(content: .sequence(groups), place: place)
        root.set(list, at: ["consumers"], place: place)
    }

    /// A run has one length and a level belongs to its codec: naming another on the command line
    /// must not fail because of what the file said for the old one.
    private mutating func dropWhatBelongedToTheOldValue(of name: String, _ value: Node) {
        if value.isNull { return }
        switch name {
        case "duration": removeFromFile(["records"])
        case "records": removeFromFile(["duration"])
        case "backlog":
            removeFromFile(["duration"])
            removeFromFile(["records"])
        case SettingName.compressionType:
            removeFromFile(["producers", "config", "compression.level"])
        case "payload.kind":
            if case .scalar(let text, _) = value.content,
                PayloadKind(rawValue: text)?.isSized != true
            {
                removeFromFile(["payload", "size"])
            }
        default: break
        }
    }

    /// Removes a setting unless an option set it.
    private mutating func removeFromFile(_ path: [String]) {
        root.remove(path[...]) { !$0.place.source.hasPrefix("--set ") }
    }

    /// What an option's key addresses.
    private struct Target {
        /// From the root of the document; a group's settings as `consumers`, its address, ….
        var path: [String]
        /// Keys inside of the setting's own value.
        var partOfValue: [String] = []
        var isText = false

        init(_ key: String, groups: [String], place: Place) throws(ProfileError) {
            if key == "consumers" || (!key.isEmpty && key == SettingName.section(key)) {
                path = key.split(separator: ".").map(String.init)
                return
            }
            if let target = Self.inGroup(key, groups) {
                self = target
                return
            }
            // The longest beginning of the key that is a setting; the rest is part of its value.
            let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            for count in stride(from: parts.count, to: 0, by: -1) {
                let head = parts[..<count].joined(separator: ".")
                let names = SettingName.matching(head)
                guard names.count <= 1 else {
                    throw ProfileError(
                        "'\(head)' could be \(names.joined(separator: " or ")); "
                            + "write which", at: place)
                }
                guard let name = names.first else { continue }
                path = Self.path(of: name)
                partOfValue = Array(parts[count...])
                isText = partOfValue.isEmpty && Self.isText(name)
                return
            }
            let last = parts.last ?? key
            let nearest =
                NearestName.of(key, among: SettingName.all)
                ?? SettingName.all.first { $0.hasSuffix("." + last) }
                ?? NearestName.of(key, among: SettingName.all.map(SettingName.withoutSection))
            throw ProfileError(
                "there is no setting '\(key)'"
                    + (nearest.map { "; did you mean '\($0)'?" } ?? "")
                    + " 'weir profiles explain' lists them", at: place)
        }

        /// `consumers.<group, index or *>.<setting>`; a group's name may itself have dots.
        private static func inGroup(_ key: String, _ groups: [String]) -> Target? {
            guard key.hasPrefix("consumers.") else { return nil }
            let rest = key.dropFirst("consumers.".count)
            for setting in ConsumerGroupSettings.settings where rest.hasSuffix("." + setting.name) {
                let address = String(rest.dropLast(setting.name.count + 1))
                // `from` also ends in what could be the end of a longer name.
                guard
                    !ConsumerGroupSettings.settings.contains(where: {
                        $0.name.count > setting.name.count && rest.hasSuffix("." + $0.name)
                    })
                else { continue }
                var target = Target(path: ["consumers", address] + setting.path)
                target.isText = setting.isText
                return target
            }
            return nil
        }

        private init(path: [String]) { self.path = path }

        private static func path(of name: String) -> [String] {
            if let setting = Profile.settings.first(where: { $0.name == name }) {
                return setting.path
            }
            let setting = ConsumerGroupSettings.settings.first { "consumers.*." + $0.name == name }
            return ["consumers", "*"] + (setting?.path ?? [])
        }

        private static func isText(_ name: String) -> Bool {
            Profile.settings.first { $0.name == name }?.isText ?? false
        }
    }
}

extension ProfileDocument.Node {
    /// Sets the node at a path of keys, making the mappings on the way to it.
    fileprivate mutating func set(
        _ value: ProfileDocument.Node, at path: ArraySlice<String>, place: Place
    ) {
        guard let key = path.first else {
            self = value
            return
        }
        var entries: [ProfileDocument.Entry] = []
        if case .mapping(let existing) = content { entries = existing }
        let index = entries.firstIndex { $0.key == key }
        var child =
            index.map { entries[$0].value }
            ?? ProfileDocument.Node(content: .mapping([]), place: place)
        child.set(value, at: path.dropFirst(), place: place)
        let entry = ProfileDocument.Entry(key: key, keyPlace: place, value: child)
        if let index {
            // The place of a section stays where the section is; only what was set moves.
            entries[index].value = child
            if path.count == 1 { entries[index].keyPlace = place }
        } else {
            entries.append(entry)
        }
        content = .mapping(entries)
    }

    fileprivate mutating func remove(
        _ path: ArraySlice<String>, where condition: (ProfileDocument.Node) -> Bool
    ) {
        guard case .mapping(var entries) = content, let key = path.first,
            let index = entries.firstIndex(where: { $0.key == key })
        else { return }
        if path.count > 1 {
            entries[index].value.remove(path.dropFirst(), where: condition)
        } else if condition(entries[index].value) {
            entries.remove(at: index)
        }
        content = .mapping(entries)
    }
}

extension Substring {
    fileprivate var trimmed: String {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
