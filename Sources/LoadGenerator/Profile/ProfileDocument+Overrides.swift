import SettingKeys

/// `--set key=value`: values that replace those of a document before it is validated. So an
/// override is checked by the same rules, and may repair the file.
extension ProfileDocument {
    /// Applies one option.
    ///
    /// The key is a full name (`producers.config.batch.size`), an unambiguous end of one
    /// (`batch.size`), or either followed by a part of its value (`payload.size.fixed`).
    /// Consumer groups are addressed by name, index or `*`.
    ///
    /// - Parameter origin: the place that errors name, if it is not the command line.
    mutating func apply(_ given: OptionText, from origin: Place? = nil) throws(ProfileError) {
        let option = given.text
        var place = origin ?? given.place("--set")
        guard let equals = option.firstIndex(of: "=") else {
            throw ProfileError("expected key=value", at: place)
        }
        let key = option[..<equals].trimmed
        let text = option[option.index(after: equals)...].trimmed

        let target = try Target(key, groups: groupNames, place: place)
        var value: Node
        if target.path.count == 2, target.path[0] == "client",
            KafkaSettings.isSecret(target.path[1])
        {
            // Errors name the setting alone.
            place = Place(source: given.origin ?? "--set \(key)")
            place.mayHaveSecrets = given.mayHaveSecrets
            value = Node(content: .scalar(text, isPlain: false), place: place)
        } else if target.isText, text != "null", !text.hasPrefix("\"") {
            value = Node(content: .scalar(text, isPlain: false), place: place)
        } else {
            value = try Self.value(text, at: place)
        }
        for part in target.partOfValue.reversed() {
            value = Node(
                content: .mapping([Entry(key: part, keyPlace: place, value: value)]), place: place)
        }
        if let group = target.producerGroup {
            try setInProducerGroups([group] + target.path, value, place)
            return
        }
        if producerGroups != nil, target.path.first == "producers", target.path.count > 1 {
            let name = target.path.dropFirst().joined(separator: ".")
            throw ProfileError(
                "the profile has several groups of producers; name one of them, or * for all: "
                    + "producers.*.\(name)", at: place)
        }
        if target.path.first == "consumers", target.path.count > 1 {
            try setInGroups(target, value, place)
        } else {
            root.set(value, at: target.path[...], place: place)
        }
        optionPaths.insert(target.path)
        // An option on the command line may replace what the environment says.
        if given.isOfEnvironment {
            environmentPaths.insert(target.path)
        } else {
            environmentPaths.remove(target.path)
        }
        dropWhatBelongedToTheOldValue(of: target.path.joined(separator: "."), value)
        // Last, because the old level belongs to the old codec.
        splitCompressionType(replacesLevel: target.path == Self.compressionTypePath)
    }

    /// What a `--threshold` option says, in either form.
    static func threshold(_ option: OptionText) throws(ProfileError) -> Node {
        let place = option.place("--threshold")
        let text = option.text[...].trimmed
        guard text.hasPrefix("{") else {
            return Node(content: .scalar(text, isPlain: false), place: place)
        }
        return try value(text, at: place)
    }

    /// Adds the threshold of a `--threshold` option to those of the profile.
    mutating func addThreshold(_ option: OptionText) throws(ProfileError) {
        let node = try Self.threshold(option)
        let place = node.place
        let given = root.node(at: ["thresholds"])
        var elements: [Node] = []
        switch given?.content {
        case .sequence(let existing)?: elements = existing
        // The reader refuses a value that is not a list.
        case .some where given?.isNull == false: return
        default: break
        }
        root.set(
            Node(content: .sequence(elements + [node]), place: given?.place ?? place),
            at: ["thresholds"], place: place)
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

    /// Removes the file's settings that contradict an option: a run has one length, and a level
    /// belongs to its codec.
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

    /// Removes a setting unless an option on the command line set it.
    mutating func removeFromFile(_ path: [String]) {
        let onCommandLine = optionPaths.subtracting(environmentPaths)
        guard !onCommandLine.contains(where: { path.starts(with: $0) }) else { return }
        root.remove(path[...])
    }
}

extension ProfileDocument.Node {
    /// Sets the node at a path of keys, and creates missing mappings on the way.
    mutating func set(
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
            // A section keeps its place in the file; only the new setting gets the option's.
            entries[index].value = child
            if path.count == 1 { entries[index].keyPlace = place }
        } else {
            entries.append(entry)
        }
        content = .mapping(entries)
    }

    /// The node at a path of keys; nil if there is none, or in a list.
    func node(at path: ArraySlice<String>) -> Self? {
        guard let key = path.first else { return self }
        guard case .mapping(let entries) = content else { return nil }
        return entries.first { $0.key == key }?.value.node(at: path.dropFirst())
    }

    mutating func remove(_ path: ArraySlice<String>) {
        guard case .mapping(var entries) = content, let key = path.first,
            let index = entries.firstIndex(where: { $0.key == key })
        else { return }
        if path.count > 1 {
            entries[index].value.remove(path.dropFirst())
        } else {
            entries.remove(at: index)
        }
        content = .mapping(entries)
    }
}

extension Substring {
    var trimmed: String {
        var text = drop { $0.isWhitespace }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
