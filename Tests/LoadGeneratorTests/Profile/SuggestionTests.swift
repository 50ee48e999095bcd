import Testing

@testable import LoadGenerator

/// What an error suggests can be pasted. The suggestions of every kind of error are collected from
/// their texts, as a reader finds them, and read.
@Suite struct SuggestionTests {
    /// Values that are wrong for nearly every setting, each as someone might write it.
    static let wrongValues = [
        "0", "-1", "-5ms", "1e3", "1.5e3", "2.25e1", "1e6", "1E+3", "1e3ms", "7e9/s", "1kHz",
        "5 kHz", "3MHz", "90 rps", "2G/s", "2g/min", "3000000000", "9e18", "1,000", "1 000",
        "1'000'000", "1,000ms", "1,5M/s", "50K/s", "50k", "100/sec", "100/minute", "1/day",
        "0.5/week", "10sec", "10 seconds", "5minutes", "2 hrs", "90days", "64kib", "64k", "64K",
        "1kib", "2mib", "1tb", "1 byte", "9999999999999 KiB", "1usec", "0.5us", "3 nanos",
        "5 million", "ture", "Max", "Earliest", "zsdt", "zsdt:3", "zsdt:99", "lz5:3", "none:3",
        "snappy:1", "zstd:x", "orderz", "corpse", "ndjson.", "allways", "nothing at all", "10",
        "1.0001KiB", "[a]", "[]", "{}", "{posson: 1/s}", "{poisson: 5}", "{poisson: 0}",
        "{poisson: 2G/s}", "{steps: [{rate: 5}]}", "{steps: [{rate: 0}]}",
        "{steps: [{rate: 0, for: 1s}, {rate: 1/s}]}", "{steps: [{rate: 1/s, for: 10sec}]}",
        "{ramp: {from: 0, to: 0, over: 1s}}", "{unifrom: {min: 1, max: 2}}",
        "{fixed: 64kib}", "{bites: 1}", "{bytes: 1mib}", "{records: 1e3}",
    ]

    /// What quotation marks hold behind "did you mean" and "write".
    static func quoted(in message: String) -> [String] {
        message.matches(of: /(?:did you mean|write) '([^']*)'/).map { String($0.1) }
    }

    /// What stands behind "one of", "such as" and "out of range:", value by value.
    static func examples(in message: String) -> [String] {
        let said = message.prefix(
            upTo: message.firstRange(of: ", not ")?.lowerBound ?? message.endIndex)
        var found: [String] = []
        if !said.contains("exactly one of"), let list = said.firstMatch(of: /one of ([^;]*)/) {
            found += list.1.split(separator: ", ").map { String($0.prefix { $0 != " " }) }
        }
        var (depth, text) = (0, "")
        for character in said {
            if character == "{" { depth += 1 }
            if depth > 0 { text.append(character) }
            if character == "}" {
                depth -= 1
                if depth == 0 {
                    found.append(text)
                    text = ""
                }
            }
        }
        // In quotes stands what a list has.
        if let rest = said.firstMatch(of: /(?:such as|out of range:) ([^{']+)/) {
            found += rest.1.matches(of: /[0-9][0-9_.]*[A-Za-z]*(\/[a-z]+)?/).map { String($0.0) }
        }
        return found.filter { !$0.contains("…") }
    }

    /// What reading an option's value says of it, before anything is validated.
    static func fault(_ name: String, _ value: String) -> ProfileError? {
        do throws(ProfileError) {
            var document = try ProfileDocument(yaml: "consumers: [{group: g}]", source: "p")
            try document.apply("\(name)=\(value)")
            return ProfileReader(document, name: "p", source: "p").errors.first
        } catch { return error }
    }

    @Test(arguments: SettingName.all)
    func `every value that an error of a setting suggests is one that the setting takes`(
        name: String
    ) {
        for value in Self.wrongValues {
            guard let error = Self.fault(name, value) else { continue }
            // Inside of a compound value they stand for a part of it.
            let isPart = value.hasPrefix("{") && value != "{}"
            let suggested = isPart ? [] : Self.quoted(in: error.message)
            for text in suggested + (isPart ? [] : Self.examples(in: error.message)) {
                let next = Self.fault(name, text)
                #expect(next == nil, "\(name)=\(value): \(error.message): \(text)")
            }
        }
    }

    @Test(arguments: [
        ("{poisson: 5}", "{poisson: 5/s}"), ("{poisson: 1e3}", "{poisson: 1000/s}"),
        (
            "{steps: [{rate: 0, for: 1s}, {rate: 1/s}]}",
            "{steps: [{rate: 0/s, for: 1s}, {rate: 1/s}]}"
        ),
        ("{ramp: {from: 0, to: 1/s, over: 1s}}", "{ramp: {from: 0/s, to: 1/s, over: 1s}}"),
        ("{ramp: {from: 1/s, to: 9/s, over: 10sec}}", "{ramp: {from: 1/s, to: 9/s, over: 10s}}"),
    ])
    func `a part of a rate is told what the part may be`(wrong: String, right: String) throws {
        let error = try #require(Self.fault("producers.rate", wrong))
        let suggested = try #require(Self.quoted(in: error.message).first)
        #expect(right.contains(suggested), "\(error.message)")
        #expect(Self.fault("producers.rate", right) == nil)
    }

    @Test(arguments: [
        "{poisson: 0}", "{poisson: 2G/s}", "{steps: [{rate: 0}]}", "{steps: [{rate: 2G/s}]}",
        "{ramp: {from: 1/s, to: 0, over: 1s}}", "0", "-5", "1.5e-3",
    ])
    func `where nothing near would be taken, nothing is suggested`(rate: String) throws {
        let error = try #require(Self.fault("producers.rate", rate))
        #expect(Self.quoted(in: error.message).isEmpty, "\(error.message)")
    }

    @Test(arguments: SettingName.all)
    func `a setting in a wrong section is shown in the right one`(name: String) throws {
        let isOfGroup = name.hasPrefix("consumers.*.")
        let path = try #require(SettingName.path(endingIn: name))
        var group = ConsumerGroupSettings()
        group.group = "g"
        let value =
            isOfGroup
            ? ConsumerGroupSettings.settings.first { "consumers.*." + $0.name == name }?
                .write(group)
            : Profile.settings.first { $0.name == name }?.write(Profile())
        let written = try #require(value)
        for key in Set([name, path.last ?? name]) where path != [key] {
            let faults = ProfileErrorTests.faults("\(key): \(written)")
            guard let fault = faults.first(where: { $0.contains("unknown key '\(key)'") }) else {
                continue
            }
            let line = fault.firstMatch(of: /as '(.*)'$/).map { String($0.1) }
            let key = Self.quoted(in: fault).first.map { "\($0): {}" }
            let pasted = try #require(line ?? key, "\(fault)")
            let next = ProfileErrorTests.faults(pasted)
            #expect(
                !next.contains { $0.contains("unknown key") || $0.contains("not YAML") },
                "\(fault): \(next)")
        }
    }

    @Test(arguments: SettingName.all + SettingName.ofComparisons)
    func `a mistyped option is told a name that the option takes`(name: String) {
        // A third of them: names that differ by their length lack different characters.
        for drop in stride(from: 1 + name.count % 3, to: name.count, by: 3) {
            var mistyped = name
            mistyped.remove(at: mistyped.index(mistyped.startIndex, offsetBy: drop))
            // A group that there is not is told the name of one.
            if let error = Self.fault(mistyped, "1"), error.message.contains("no setting") {
                for meant in Self.quoted(in: error.message) {
                    let next = Self.fault(meant, "1")?.message ?? ""
                    #expect(!next.contains("there is no setting"), "\(mistyped): \(meant): \(next)")
                }
            }
            for fault in SweepErrorTests.faults("{}", vary: ["\(mistyped)=1,2"]) {
                for meant in Self.quoted(in: fault) where fault.contains("there is no setting") {
                    let next = SweepErrorTests.faults(
                        "consumers: [{group: g}]", vary: ["\(meant)=1,2"])
                    #expect(
                        !next.contains {
                            $0.contains("there is no setting") || $0.contains("cannot be varied")
                        }, "\(mistyped): \(meant): \(next)")
                }
            }
        }
    }

    @Test(arguments: ThresholdMetric.names)
    func `what an error of a threshold suggests makes one that can be read`(metric: String) {
        func fault(_ text: String) -> String {
            let errors = ProfileErrorTests.faults(
                ThresholdReadingTests.consumers, thresholds: [text])
            return errors.first ?? ""
        }
        let signs = ["=", "=<", "=>", "≤", "≥", "<>", "<", "==", "!="]
        let limits = (Self.wrongValues + ["5mib/s", "5", "5 %", "valid"]).filter {
            !$0.hasPrefix("{") && !$0.hasPrefix("[")
        }
        // Each limit once a metric, so that metrics of one unit have it with all the signs.
        let turn = ThresholdMetric.names.firstIndex(of: metric) ?? 0
        for (index, limit) in limits.enumerated() {
            let sign = signs[(index + turn) % signs.count]
            let error = fault("\(metric) \(sign) \(limit)")
            for suggested in Self.quoted(in: error) {
                let isSign = Threshold.Comparison(rawValue: suggested) != nil
                let next = fault(
                    isSign ? "\(metric) \(suggested) \(limit)" : "\(metric) \(sign) \(suggested)")
                let isRight =
                    isSign
                    ? !next.contains("comparison") && !next.contains("is compared with")
                        && !next.contains("compare it with")
                    : next.isEmpty
                #expect(isRight, "\(metric) \(sign) \(limit): \(error): \(next)")
            }
        }
    }

    @Test(arguments: [
        "duration: 1s\nwarmup: 1s\nbacklog: {records: 5}\nproducers: {rate: max}\nconsumers: [{group: g}]",
        "warmup: 1s\nbacklog: {records: 5}\nproducers: {rate: max}\nconsumers: [{group: g}]",
        "backlog: {records: 5}\nproducers: {rate: 1/s}\nconsumers: [{group: g}]",
        "backlog: {records: 5}\nproducers: {rate: max}\nconsumers: [{group: g, from: latest}]",
        "producers: {config: {acks: 1, enable.idempotence: true}}",
        "producers: {config: {max.in.flight.requests.per.connection: 6, enable.idempotence: true}}",
        "target: discard\nconsumers: [{group: g}]", "payload: {kind: random, ratio: 2}",
        "payload: {kind: random, format: ndjson}",
    ])
    func `the setting that a remedy names does away with the fault`(text: String) throws {
        let faults = ProfileErrorTests.faults(text)
        var remedies = 0
        for fault in faults {
            for match in fault.matches(of: /(?:set|or|use) ([a-z][a-z.]*): ([a-z0-9\[\]]+)/) {
                remedies += 1
                let next = ProfileErrorTests.faults(text, overrides: ["\(match.1)=\(match.2)"])
                #expect(!next.contains { $0.hasSuffix(fault.drop { $0 != " " }) }, "\(fault)")
            }
        }
        #expect(remedies > 0, "\(faults)")
    }

    @Test func `a profile without consumers is told how to add some, and may`() throws {
        let fault = try #require(
            ProfileErrorTests.faults("consumers: []", overrides: ["members=2"]).first)
        let option = try #require(fault.firstMatch(of: /--set '(.*)'/)).1
        #expect(
            ProfileErrorTests.faults("consumers: []", overrides: [String(option), "members=1"])
                .isEmpty)
    }
}
