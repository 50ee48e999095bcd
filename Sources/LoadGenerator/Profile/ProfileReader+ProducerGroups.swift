/// Several groups of producers: each is read as a profile of its own, and the run's profile has the
/// settings of the first.
extension ProfileReader {
    mutating func readGroups(_ nodes: [ProfileDocument.Node], of document: ProfileDocument) {
        guard nodes.count <= Profile.maximumProducerGroups else {
            report(
                ProfileError(
                    "more than \(Profile.maximumProducerGroups) groups of producers",
                    at: nodes[0].place))
            return
        }
        for node in nodes {
            let name = ProfileDocument.nameOfGroup(node) ?? ""
            if !ProfileDocument.isResourceName(name) {
                report(
                    ProfileError(
                        "each group of producers has a name of letters, digits, '.', '_' and '-'",
                        at: node.place))
            } else if groups.contains(where: { $0.name == name }) {
                report(
                    ProfileError(
                        "there are two groups of producers '\(name)'; give each a name of its own",
                        at: node.place))
            }
            var reader = ProfileReader(
                document.document(of: node), name: profile.name, source: source)
            reader.isOfGroup = true
            groups.append((name, reader))
        }
        takeErrorsOfGroups()
    }

    mutating func completeGroups() {
        for index in groups.indices { groups[index].reader.completeDefaults() }
        takeErrorsOfGroups()
        profile.producerGroups = groups.map {
            ProducerGroup(name: $0.name, profile: $0.reader.profile)
        }
    }

    mutating func validateGroups() {
        for index in groups.indices { groups[index].reader.validate() }
        takeErrorsOfGroups()
        guard !groups.isEmpty else { return }
        if profile.roofline {
            report(
                "roofline: true compares one group of producers with this machine's limits; remove it",
                at: "roofline")
        }
        if groups.contains(where: { $0.reader.profile.onlyConsumes }) {
            report(
                "a group of producers has producers; raise its count, or remove it", at: "producers"
            )
        }
        let topics = profile.producedTopics
        for (index, own) in topics.enumerated() {
            let others = topics[..<index].flatMap(\.names)
            if let name = own.names.first(where: others.contains) {
                report(
                    "two groups of producers write to topic \(name) with different settings of topics; give "
                        + "them the same, or other names", at: "producers")
            }
        }
    }

    private mutating func takeErrorsOfGroups() {
        for error in groups.flatMap(\.reader.errors) { report(error) }
    }
}

extension ProfileDocument {
    static func isResourceName(_ text: String) -> Bool {
        let node = Node(content: .scalar(text, isPlain: false), place: Place(source: ""))
        return (try? ValueForm<String>.resourceName.parse(node)) != nil
    }
}
