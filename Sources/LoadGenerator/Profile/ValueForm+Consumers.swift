import SettingKeys

/// Forms of the settings of consumer groups.

extension ValueForm where Value == ServiceTime {
    static var serviceTime: ValueForm {
        let duration = ValueForm<Duration>.duration
        let form =
            "a duration such as 200us, {exponential: 1ms} or {lognormal: {median: 1ms, sigma: 0.5}}"
        return ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                switch node.content {
                case .scalar: return .fixed(try duration.parse(node))
                case .sequence: throw ProfileError(expected: form, not: node)
                case .mapping:
                    let kinds = try Fields(
                        node, required: [], optional: ["exponential", "lognormal"])
                    switch (kinds["exponential"], kinds["lognormal"]) {
                    case (let mean?, nil): return .exponential(mean: try duration.parse(mean))
                    case (nil, let fields?): return try lognormal(fields)
                    default: throw ProfileError("expected \(form)", at: node.place)
                    }
                }
            },
            print: { value in
                switch value {
                case .fixed(let time): duration.print(time)
                case .exponential(let mean): "{exponential: \(duration.print(mean))}"
                case .lognormal(let median, let sigma):
                    "{lognormal: {median: \(duration.print(median)), sigma: \(sigma)}}"
                }
            })
    }

    private static func lognormal(_ node: ProfileDocument.Node) throws(ProfileError) -> ServiceTime
    {
        let fields = try Fields(node, required: ["median", "sigma"])
        return .lognormal(
            median: try ValueForm<Duration>.duration.parse(fields["median"]!),
            sigma: try ValueForm<Double>.decimal.limited(to: 0...10).parse(fields["sigma"]!))
    }
}

extension ValueForm where Value == ConsumerPause {
    static var consumerPause: ValueForm {
        let duration = ValueForm<Duration>.duration
        let count = ValueForm<Int>.count.limited(to: 1...1_000_000_000_000)
        let form = "{every: 30s, for: 5s} or {backlog: 100k}"
        return ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                let fields = try Fields(
                    node, required: [], optional: ["every", "for", "backlog"])
                switch (fields["every"], fields["for"], fields["backlog"]) {
                case (let every?, let length?, nil):
                    let (round, pause) = (try duration.parse(every), try duration.parse(length))
                    guard pause > .zero, pause < round else {
                        throw ProfileError(
                            "a pause is shorter than the round that it is a part of", at: node.place
                        )
                    }
                    return .regular(every: round, length: pause)
                case (nil, nil, let records?): return .backlog(records: try count.parse(records))
                default: throw ProfileError("expected either \(form)", at: node.place)
                }
            },
            print: { value in
                switch value {
                case .regular(let every, let length):
                    "{every: \(duration.print(every)), for: \(duration.print(length))}"
                case .backlog(let records): "{backlog: \(count.print(records))}"
                }
            })
    }
}

extension ValueForm where Value == [String] {
    static var topicNames: ValueForm {
        let name = ValueForm<String>.resourceName
        let form = "a list of topics such as [invoices, payments]"
        return ValueForm(
            name: form,
            parse: { node throws(ProfileError) in
                guard case .sequence(let elements) = node.content, !elements.isEmpty,
                    elements.count <= Profile.maximumTopicsOfGroup
                else { throw ProfileError(expected: form, not: node) }
                var names: [String] = []
                for element in elements {
                    let topic = try name.parse(element)
                    guard !names.contains(topic) else {
                        throw ProfileError("'\(topic)' is given twice", at: element.place)
                    }
                    names.append(topic)
                }
                return names
            },
            print: { "[" + $0.map(name.print).joined(separator: ", ") + "]" })
    }
}

extension Profile {
    static let maximumTopicsOfGroup = 1_000

    /// The topics that only consumers use, each once.
    var topicsOfOthers: [String] {
        var names: [String] = []
        for name in consumers.compactMap(\.topics).joined() where !names.contains(name) {
            names.append(name)
        }
        return names
    }
}
