import SettingKeys

/// Reads a document tree into a profile by the tables of settings, and collects every fault instead
/// of stopping at the first.
struct ProfileReader {
    var profile = Profile()
    private(set) var errors: [ProfileError] = []
    /// Where each setting of the document was written, by its dotted name; without those that are
    /// null, which counts as absent.
    private(set) var places: [String: Place] = [:]
    /// The settings that the personality has decided.
    private var ofPersonality: Set<String> = []
    let source: String

    /// Readers of the groups of producers, if the document has a list of them.
    var groups: [(name: String, reader: ProfileReader)] = []
    /// Whether it reads one of the groups. What belongs to the whole run is then checked elsewhere.
    var isOfGroup = false

    init(_ document: ProfileDocument, name: String, source: String) {
        self.source = source
        profile.name = name
        let groups = document.producerGroups ?? []
        read((groups.first.map { document.document(of: $0) } ?? document).root, under: [])
        readGroups(groups, of: document)
    }

    mutating func report(_ message: String, at setting: String) {
        report(ProfileError(message, at: place(of: setting)))
    }

    /// Once, also where several groups of producers have it.
    mutating func report(_ error: ProfileError) {
        if !errors.contains(error) { errors.append(error) }
    }

    /// The place of the setting, or else of the profile.
    private func place(of setting: String) -> Place {
        places[setting] ?? Place(source: source)
    }

    func isGiven(_ setting: String) -> Bool { places[setting] != nil }

    /// Whether the document or the personality has decided.
    private func isDecided(_ setting: String) -> Bool {
        isGiven(setting) || ofPersonality.contains(setting)
    }

    /// Sets what the document does not.
    mutating func take<Root>(
        _ text: String, for setting: Setting<Root>, of root: WritableKeyPath<Profile, Root>,
        name: String
    ) {
        guard !isGiven(name) else { return }
        let node = ProfileDocument.Node(
            content: .scalar(text, isPlain: true), place: Place(source: source))
        do {
            try setting.read(node, &profile[keyPath: root])
        } catch {
            errors.append(error)
        }
        ofPersonality.insert(name)
    }

    /// Defaults that depend on other settings, as the table's notes say.
    mutating func completeDefaults() {
        completeGroups()
        // A cluster is named to be loaded.
        if !isGiven("target"), isGiven("client.bootstrap.servers") { profile.target = .kafka }
        takePersonality()
        if !isGiven("duration"), isGiven("records") || isGiven("backlog") {
            profile.duration = nil
        }
        // A warm-up would store a part of the backlog without counting it.
        if !isGiven("warmup"), profile.backlog != nil { profile.warmup = .zero }
        if profile.onlyConsumes {
            // There is neither a rate to offer, nor anything that a warm-up would prepare.
            profile.producers.rate = .max
            if !isGiven("warmup") { profile.warmup = .zero }
        }
        // A producer belongs to one thread; more threads than producers would be idle.
        profile.producers.threads = min(
            profile.producers.threads, max(profile.producers.count, 1))
        if !isDecided("producers.partitioner") {
            profile.producers.partitioner = profile.keys.kind == .none ? .sticky : .key
        }
        if !isDecided(SettingName.idempotence) {
            profile.producers.enableIdempotence =
                profile.producers.acks == .all
                && profile.producers.maxInFlight <= ProducerSettings.maximumIdempotentInFlight
        }
    }

    private mutating func read(_ node: ProfileDocument.Node, under prefix: [String]) {
        guard let entries = entries(of: node, named: prefix.joined(separator: ".")) else { return }
        for entry in entries {
            let path = prefix + [entry.key]
            if let setting = Profile.settings.first(where: { $0.path == path }) {
                read(setting, entry, into: \.self, name: setting.name)
            } else if path == ["consumers"] {
                readConsumers(entry.value)
            } else if Profile.settings.contains(where: { $0.path.starts(with: path) }) {
                read(entry.value, under: path)
            } else {
                reportUnknown(entry, under: prefix, names: SettingName.children(of: prefix))
            }
        }
    }

    private mutating func readConsumers(_ node: ProfileDocument.Node) {
        if node.isNull { return }
        guard case .sequence(let elements) = node.content else {
            errors.append(
                ProfileError(
                    expected: "a list such as [{group: my-group}]", not: node))
            return
        }
        guard elements.count <= Profile.maximumConsumerGroups else {
            errors.append(
                ProfileError(
                    "more than \(Profile.maximumConsumerGroups) consumer groups", at: node.place))
            return
        }
        for (index, element) in elements.enumerated() {
            profile.consumers.append(ConsumerGroupSettings())
            let name = "consumers.\(index)"
            places[name] = element.place
            readGroup(element, index: index, under: [], name: name)
            let group = profile.consumers[index].group
            if group.isEmpty, places[name + ".group"] == nil {
                report("'group' is missing; each consumer group has a name", at: name)
            } else if profile.consumers[..<index].contains(where: { $0.group == group }) {
                report(
                    "there are two consumer groups '\(group)'; for more consumers in one group "
                        + "set its members", at: name + ".group")
            }
        }
    }

    private mutating func readGroup(
        _ node: ProfileDocument.Node, index: Int, under prefix: [String], name: String
    ) {
        guard let entries = entries(of: node, named: name) else { return }
        let settings = ConsumerGroupSettings.settings
        for entry in entries {
            let path = prefix + [entry.key]
            if let setting = settings.first(where: { $0.path == path }) {
                read(
                    setting, entry, into: \.consumers[index],
                    name: "consumers.\(index)." + setting.name)
            } else if settings.contains(where: { $0.path.starts(with: path) }) {
                readGroup(entry.value, index: index, under: path, name: name + "." + entry.key)
            } else {
                let names = settings.filter { $0.path.dropLast() == prefix[...] }
                    .compactMap(\.path.last)
                reportUnknown(entry, under: ["consumers", "*"] + prefix, names: names)
            }
        }
    }

    private mutating func read<Root>(
        _ setting: Setting<Root>, _ entry: ProfileDocument.Entry,
        into root: WritableKeyPath<Profile, Root>, name: String
    ) {
        do {
            try setting.read(entry.value, &profile[keyPath: root])
        } catch {
            errors.append(
                ProfileError("\(setting.name): \(error.message)", at: error.place))
        }
        places[name] = entry.value.isNull ? nil : entry.keyPlace
        if case .sequence(let elements) = entry.value.content {
            for (index, element) in elements.enumerated() {
                places["\(name).\(index)"] = element.place
            }
        }
    }

    /// The entries of a section; none of an empty one; nil, after an error was reported, if it is
    /// not a mapping.
    private mutating func entries(
        of node: ProfileDocument.Node, named name: String
    ) -> [ProfileDocument.Entry]? {
        if node.isNull { return nil }
        guard case .mapping(let entries) = node.content else {
            errors.append(
                ProfileError(
                    "\(name): "
                        + ProfileError(expected: "a mapping of settings", not: node).message,
                    at: node.place))
            return nil
        }
        return entries
    }

    private mutating func reportUnknown(
        _ entry: ProfileDocument.Entry, under prefix: [String], names: [String]
    ) {
        let section = prefix.isEmpty ? "" : " in " + prefix.joined(separator: ".")
        var hint = NearestName.hint(for: entry.key, among: names)
        if NearestName.of(entry.key, among: names) == nil,
            let path = SettingName.path(endingIn: entry.key)
        {
            // A valid name in the wrong section gets a hint at the right one.
            let place = path.dropLast().joined(separator: ".")
            hint =
                "; it belongs "
                + (place.isEmpty ? "at the top, as '" : "in \(place), as '")
                + YAMLText.nested(path, entry.value) + "'"
        }
        errors.append(
            ProfileError("unknown key '\(entry.key)'\(section)\(hint)", at: entry.keyPlace))
    }
}

extension ProfileError {
    var place: Place { Place(source: file, line: line, column: column) }
}
