import Testing

@testable import LoadGenerator

@Suite struct ProfileErrorTests {
    /// The faults of a text, as `line:column: message`.
    static func faults(
        _ text: String, overrides: [String] = [], thresholds: [String] = []
    ) -> [String] {
        do {
            _ = try Profile(
                yaml: text, source: "p.yaml", overrides: overrides.options,
                thresholds: thresholds.options)
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }

    @Test(arguments: [
        ("producer: {}", "p.yaml:1:1: ", "did you mean 'producers'?"),
        ("producers:\n  cuont: 4", "p.yaml:2:3: ", "did you mean 'count'?"),
        ("producers:\n  config: {bacth.size: 1}", "p.yaml:2:12: ", "did you mean 'batch.size'?"),
        ("producers: {config: {linger: 5ms}}", "p.yaml:1:22: ", "did you mean 'linger.ms'?"),
        ("topics: {config: {retention: 1}}", "p.yaml:1:19: ", "did you mean 'retention."),
        (
            "batch.size: 1", "p.yaml:1:1: ",
            "it belongs in producers.config, as 'producers: {config: {batch.size: 1}}'"
        ),
        (
            "members: 2", "p.yaml:1:1: ",
            "it belongs in consumers.*, as 'consumers: [{group: my-group, members: 2}]'"
        ), ("keys: {seed: 4}", "p.yaml:1:8: ", "it belongs at the top, as 'seed: 4'"),
        ("consumers: [{group: g, member: 1}]", "p.yaml:1:24: ", "did you mean 'members'?"),
        ("consumers: [{members: 1}]", "p.yaml:1:13: ", "'group' is missing"),
        ("consumers: [{group: g}, {group: g}]", "p.yaml:1:26: ", "two consumer groups 'g'"),
        ("consumers: {group: g}", "p.yaml:1:12: ", "expected a list"),
        ("seed: -1", "p.yaml:1:7: ", "expected a whole number"),
        ("target: embeded", "p.yaml:1:9: ", "did you mean 'embedded'?"),
        ("duration: 10", "p.yaml:1:11: ", "has no unit"),
        ("duration: 10sec", "p.yaml:1:11: ", "'sec' is not a unit"),
        ("duration: 10 minutes", "p.yaml:1:11: ", "did you mean '10min'?"),
        ("duration: 0.0000000001s", "p.yaml:1:11: ", "expected a duration"),
        ("duration: 0.1ns", "p.yaml:1:11: ", "whole number of the smallest unit"),
        ("seed: 1\nduration:", "p.yaml:1:", "measures nothing|"),
        ("seed: 1\nwarmup:", "p.yaml:2:", "not nothing"),
        ("topics: {config: {segment.bytes: 64kib}}", "p.yaml:1:34: ", "did you mean '64KiB'?"),
        ("topics: {config: {segment.bytes: 10s}}", "p.yaml:1:34: ", "'s' is not a unit"),
        ("topics: {config: {segment.bytes: 1.0001KiB}}", "p.yaml:1:34: ", "whole number"),
        ("topics: {config: {flush.ms: 1us}}", "p.yaml:1:29: ", "whole milliseconds"),
        ("topics: {name: a/b}", "p.yaml:1:16: ", "expected a name"),
        ("topics: {partitions: 0}", "p.yaml:1:22: ", "out of range: 1 to 10000"),
        ("producers: {rate: 50000}", "p.yaml:1:19: ", "did you mean '50000/s'?"),
        ("producers: {rate: 1e3}", "p.yaml:1:19: ", "did you mean '1000/s'?"),
        ("producers: {rate: 1.5e+3}", "p.yaml:1:19: ", "did you mean '1500/s'?"),
        ("producers: {rate: 1kHz}", "p.yaml:1:19: ", "did you mean '1k/s'?"),
        ("producers: {rate: 5M records/min}", "p.yaml:1:19: ", "did you mean '5M/min'?"),
        ("producers: {rate: 0}", "p.yaml:1:19: ", "'0' is not a rate such as 50000/s"),
        ("producers: {rate: 2G/s}", "p.yaml:1:19: ", "did you mean 'max'?"),
        (
            "producers: {config: {compression.type: 'zsdt:3'}}", "p.yaml:1:40: ",
            "did you mean 'zstd:3'?"
        ),
        ("producers: {rate: 0/s}", "p.yaml:1:19: ", "above 0"),
        ("producers: {rate: 2G/s}", "p.yaml:1:19: ", "one record a nanosecond"),
        ("producers: {rate: {posson: 1/s}}", "p.yaml:1:20: ", "did you mean 'poisson'?"),
        ("producers: {rate: {steps: []}}", "p.yaml:1:27: ", "list of {rate"),
        (
            "producers: {rate: {steps: [{rate: 1/s}, {rate: 2/s}]}}", "p.yaml:1:28: ",
            "'for' is missing"
        ),
        ("producers: {rate: {steps: [{rate: 0/s}]}}", "p.yaml:1:35: ", "above 0"),
        ("producers: {rate: {ramp: {from: 1/s, too: 2/s}}}", "p.yaml:1:38: ", "did you mean 'to'?"),
        ("payload: {kind: zeros, size: 0}", "p.yaml:1:30: ", "out of range"),
        ("payload: {size: {uniform: {min: 2, max: 1}}}", "p.yaml:1:27: ", "min is above max"),
        ("payload: {ratio: 0.5}", "p.yaml:1:18: ", "out of range"),
        ("backlog: {bytes: 1, records: 1}", "p.yaml:1:10: ", "expected either"),
        ("keys: [1]", "p.yaml:1:7: ", "expected a mapping"),
        ("- a", "p.yaml:1:1: ", "a profile is a mapping"),
    ])
    func `a fault is reported at its place with its remedy`(
        text: String, place: String, part: String
    ) {
        let found = Self.faults(text)
        if part.hasSuffix("|") {
            // Null is a legal duration: the default then holds.
            #expect(found.isEmpty)
        } else {
            #expect(found.count == 1 && found[0].hasPrefix(place), "\(found)")
            #expect(found.first?.contains(part) == true, "\(found)")
        }
    }

    @Test(arguments: [
        ("duration: 1s\nrecords: 5", "p.yaml:2:1: ", "both given"),
        ("duration: 0s", "p.yaml:1:1: ", "measures nothing"),
        (
            "duration: 1s\nbacklog: {records: 5}\nproducers: {rate: max}\nconsumers: [{group: g}]",
            "p.yaml:2:1: ", "both given"
        ),
        (
            "warmup: 1s\nbacklog: {records: 5}\nproducers: {rate: max}\nconsumers: [{group: g}]",
            "p.yaml:1:1: ", "set warmup: 0s"
        ),
        (
            "topics: {partitions: 2, config: {retention.bytes: 4MiB}}\nbacklog: {bytes: 9MiB}\n"
                + "producers: {rate: max}\nconsumers: [{group: g}]",
            "p.yaml:1:34: ", "never complete"
        ),
        ("backlog: {records: 5}\nconsumers: [{group: g}]", "p.yaml:1:1: ", "producers.rate: max"),
        ("backlog: {records: 5}\nproducers: {rate: max}", "p.yaml:1:1: ", "add a consumer group"),
        (
            "backlog: {records: 5}\nproducers: {rate: max}\nconsumers: [{group: g, from: latest}]",
            "p.yaml:3:24: ", "no backlog to drain"
        ),
        ("producers: {config: {acks: 1, enable.idempotence: true}}", "p.yaml:1:22: ", "acks: all"),
        (
            "producers: {config: {max.in.flight.requests.per.connection: 6, enable.idempotence: true}}",
            "p.yaml:1:22: ", "at most 5"
        ),
        ("producers: {partitioner: key}", "p.yaml:1:13: ", "needs keys"),
        ("producers: {config: {compression.level: 3}}", "p.yaml:1:22: ", "none has no levels"),
        (
            "producers: {config: {compression.type: snappy, compression.level: 3}}",
            "p.yaml:1:48: ",
            "snappy has no levels"
        ),
        (
            "producers: {config: {compression.type: gzip, compression.level: 10}}", "p.yaml:1:46: ",
            "levels 1 to 9"
        ),
        (
            "producers: {config: {compression.type: zstd, compression.level: 23}}", "p.yaml:1:46: ",
            " to 22, not 23"
        ),
        ("producers: {config: {batch.size: 2MiB}}", "p.yaml:1:22: ", "above max.message.bytes"),
        ("topics: {config: {max.message.bytes: 4KiB}}", "p.yaml:1:19: ", "above max.message.bytes"),
        ("topics: {config: {segment.bytes: 64KiB}}", "p.yaml:1:19: ", "must fit in a segment"),
        ("payload: {kind: random, size: 1MiB}", "p.yaml:1:25: ", "do not fit"),
        ("payload: {kind: corpus}", "p.yaml:1:11: ", "needs a file"),
        ("payload: {kind: random, file: x}", "p.yaml:1:25: ", "only kind: corpus"),
        ("payload: {ratio: 2}", "p.yaml:1:11: ", "only kind: ratio"),
        ("payload: {size: 1KiB}", "p.yaml:1:11: ", "natural sizes"),
        (
            "payload: {kind: corpus, file: x, format: slices, size: {uniform: {min: 1, max: 2}}}",
            "p.yaml:1:50: ", "one fixed size"
        ),
        ("payload: {pool: 100KiB}", "p.yaml:1:11: ", "less than two batches"),
        ("keys: {cardinality: 5}", "p.yaml:1:8: ", "not none"),
        ("keys: {kind: uniform, exponent: 2}", "p.yaml:1:23: ", "not uniform"),
        ("target: discard\nconsumers: [{group: g}]", "p.yaml:1:1: ", "nothing to consume"),
        ("consumers: [{group: g, members: 2}]", "p.yaml:1:24: ", "2 members for 1 partitions"),
        ("consumers: [{group: g, from: 7}]", "p.yaml:1:24: ", "no offset 7"),
        ("topics: {count: 10k, partitions: 11}", "p.yaml:1:22: ", "at most 100000"),
    ])
    func `an impossible combination is refused with a remedy`(
        text: String, place: String, part: String
    ) {
        let found = Self.faults(text)
        #expect(found.count == 1 && found[0].hasPrefix(place), "\(found)")
        #expect(found.first?.contains(part) == true, "\(found)")
    }

    @Test func `all faults of a file are reported in the order of its lines`() {
        let found = Self.faults("seed: x\nprodcers: {}\ntopics: {partitions: none}\nwarmup: 1")
        #expect(found.count == 4)
        #expect(
            zip(found, 1...).allSatisfy { $0.hasPrefix("p.yaml:\($1):") }, "\(found)")
    }

    @Test func `the hazards of YAML are refused before they cost anything`() {
        func only(_ text: String, _ part: String) {
            let found = Self.faults(text)
            #expect(found.count == 1 && found[0].contains(part), "\(found)")
        }
        only("seed: 1\nseed: 2", "given twice")
        only("seed: 1\n\"seed\": 2", "given twice")
        only("a: &a [x]\nb: *a", "p.yaml:1:4: anchors")
        only("a: [&a x]", "anchors")
        let bomb = (1...30).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }
        only("a0: &a0 [x]\n" + bomb.joined(separator: "\n"), "anchors")
        only("seed: *x", "not YAML")
        only("seed: [", "not YAML")
        only("seed: 1\n---\nseed: 2", "not YAML")
        only(String(repeating: "#", count: 300_000), "at most 262144 bytes")
        only(
            "a: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
            "levels deep")
        only("a: " + String(repeating: "[", count: 100_000), "not YAML")
        only("? [a, b]\n: 1", "a key must be a name")
        only("a: \u{0}", "not YAML")
    }

    @Test(arguments: [
        "", "\n\n", "# orders\n", "---\n", "null", "~", "producers:\n", "\u{FEFF}",
        "producers:\n  config:\ntopics: {config: }\n", "\u{FEFF}# a comment",
    ])
    func `a profile that sets nothing is refused, since it may be a copy that was cut off`(
        text: String
    ) {
        let found = Self.faults(text)
        #expect(
            found.count == 1 && found[0].hasPrefix("p.yaml:1:1: the file sets nothing"), "\(found)")
        #expect(found[0].contains("or write {}"))
        #expect(Self.faults("{}").isEmpty)
        // What an option sets does not make up for what the file has lost.
        #expect(Self.faults(text, overrides: ["seed=3"]) == found)
    }

    @Test func `a byte order mark is skipped, and columns are counted behind it`() {
        #expect(Self.faults("\u{FEFF}duration: 1s\nwarmup: 0s").isEmpty)
        #expect(Self.faults("\u{FEFF}seed: x")[0].hasPrefix("p.yaml:1:7: "))
    }

    @Test(arguments: [
        ("seed: !foo 5", "p.yaml:1:7: ", "the tag !foo has no meaning in a profile; remove it"),
        ("description: !!binary aGVsbG8=", "p.yaml:1:14: ", "the tag !!binary"),
        ("payload: !include x.yaml", "p.yaml:1:10: ", "the tag !include"),
        ("consumers: !!set {}", "p.yaml:1:12: ", "the tag !!set"),
        ("consumers: !list [{group: g}]", "p.yaml:1:12: ", "the tag !list"),
        ("!profile\nseed: 5", "p.yaml:1:1: ", "the tag !profile"),
        ("!key seed: 5", "p.yaml:1:1: ", "the tag !key"),
        ("seed: !<tag:example.org,2020:n> 5", "p.yaml:1:7: ", "the tag tag:example.org,2020:n"),
        ("seed: !!python/object:os.system 5", "p.yaml:1:7: ", "the tag !!python/object:os.system"),
        ("seed: !!timestamp 2001-01-01", "p.yaml:1:7: ", "the tag !!timestamp"),
    ])
    func `a tag that stands for more than its value is refused`(
        text: String, place: String, part: String
    ) {
        let found = Self.faults(text)
        #expect(found.count == 1 && found[0].hasPrefix(place), "\(found)")
        #expect(found.first?.contains(part) == true, "\(found)")
    }

    @Test func `tags that say what a value is anyway are fine`() throws {
        let profile = try Profile(
            yaml: "!!map\nseed: !!int 5\ndescription: !!str null\nroofline: !!bool true\n"
                + "consumers: !!seq []\nbaseline: !!null ~\ntopics: {name: ! '12'}")
        #expect(profile.seed == 5 && profile.description == "null" && profile.roofline)
        #expect(profile.topics.name == "12")
    }

    @Test func `no text of a profile, however damaged, stops the program`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = RandomGenerator(seed: seed)
        let original = Array(
            ProfileReadingTests.everything.replacing("&", with: "and").unicodeScalars)
        let snippets = [
            "[", "{", "}", "]", ":", "- ", "\n", "\"", "'", "#", "&a", "*a", "|",
            "9999999999999999999", "-1", "0", ".", "/s", "µ", "\u{0}", "null", "e308", "? ",
        ]
        for round in 0..<600 {
            var text = original
            for _ in 0...generator.next(below: 4) {
                let start = generator.next(below: text.count)
                let end = min(text.count, start + generator.next(below: 12))
                let snippet = snippets[generator.next(below: snippets.count)]
                text.replaceSubrange(start..<end, with: snippet.unicodeScalars)
            }
            let damaged = String(String.UnicodeScalarView(text))
            do {
                let profile = try Profile(yaml: damaged, name: "x")
                let resolved = profile.resolvedYAML()
                let again = try Profile(yaml: resolved, name: "x", source: resolved)
                #expect(again == profile, "seed \(seed), round \(round):\n\(damaged)")
            } catch {
                let damagedOnly = error.errors.allSatisfy { $0.file == "profile" }
                #expect(damagedOnly && !error.errors.isEmpty, "seed \(seed), round \(round)")
            }
        }
    }

    @Test func `a text with an ampersand that is no anchor is fine`() throws {
        let profile = try Profile(yaml: "description: R&D asks & waits")
        #expect(profile.description == "R&D asks & waits")
    }

    @Test func `a missing file, a directory and bytes that are not text are told apart`() throws {
        func message(_ path: String) -> String {
            do {
                _ = try Profile(contentsOf: path)
                return ""
            } catch { return error.description }
        }
        #expect(
            message("no/such/profile.yaml").contains("there is no such file or folder")
        )
        #expect(message("/").contains("cannot be read"))
        #expect(
            message("/proc/self/exe").contains("at most")
                || message("/proc/self/exe").contains("UTF-8"))
    }
}
