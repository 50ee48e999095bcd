import Testing

@testable import LoadGenerator

@Suite struct SweepErrorTests {
    static func faults(
        _ text: String, overrides: [String] = [], vary: [String] = [],
        checksVariants: Bool = true
    ) -> [String] {
        do {
            _ = try Profile(
                yaml: text, source: "p.yaml", overrides: overrides.options, vary: vary.options,
                checksVariants: checksVariants)
            return []
        } catch {
            return error.errors.map(\.description)
        }
    }

    @Test(arguments: [
        ("sweep: [1]", "p.yaml:1:8: ", "expected {compression.type:"),
        ("sweep: {}", "p.yaml:1:8: ", "expected {compression.type:"),
        ("sweep: none", "p.yaml:1:8: ", "not 'none'"),
        (
            "sweep:\n  batch.sise: [1KiB]", "p.yaml:2:3: ",
            "did you mean 'producers.config.batch.size'?"
        ),
        ("sweep:\n  kind: [none]", "p.yaml:2:3: ", "payload.kind or keys.kind"),
        ("sweep:\n  acks: 1", "p.yaml:2:9: ", "expected a list of values such as [a, b]"),
        ("sweep:\n  acks: []", "p.yaml:2:9: ", "expected a list of values such as [a, b]"),
        (
            "sweep:\n  producers:\n    count: [1, 2]", "p.yaml:3:5: ",
            "write a setting's whole name before its values"
        ),
        ("sweep: {repetitions: [1, 2]}", "p.yaml:1:9: ", "cannot be varied"),
        ("sweep: {sweep: [1]}", "p.yaml:1:9: ", "cannot be varied"),
        ("sweep: {batch.size: [1KiB], config.batch.size: [2KiB]}", "p.yaml:1:29: ", "varied twice"),
        ("sweep: {batch.size: [1KiB], batch.size: [2KiB]}", "p.yaml:1:9: ", "given twice"),
        ("sweep:\n  linger.ms: [0, 5parsec]", "p.yaml:2:18: ", "variant 'linger.ms=5parsec': "),
        ("sweep:\n  acks: [all,\n    2]", "p.yaml:3:5: ", "variant 'acks=2': "),
        ("sweep:\n  linger.ms: [5ms, 5]", "p.yaml:2:20: ", "have the same settings"),
        ("sweep:\n  compression.type: [zstd, lz4,\n    \"zstd:3\"]", "p.yaml:3:5: ", "the same"),
        ("sweep: {payload.file: [[a]]}", "p.yaml:1:24: ", "expected text, not a list"),
        ("sweep: {variants: []}", "p.yaml:1:19: ", "expected a list of {name"),
        ("sweep: {variants: [{name: a}], acks: [1]}", "p.yaml:1:32: ", "'acks' beside 'variants'"),
        ("sweep: {variants: [small]}", "p.yaml:1:20: ", "not 'small'"),
        ("sweep: {variants: [{name: a}, {name: a, acks: 1}]}", "p.yaml:1:31: ", "two variants 'a'"),
        ("sweep: {variants: [{name: a}, {name: b}]}", "p.yaml:1:31: ", "have the same settings"),
        (
            "sweep: {variants: [{name: a, akcs: 1}]}", "p.yaml:1:30: ",
            "did you mean 'producers.config.acks'?"
        ),
        ("sweep: {variants: [{name: ''}]}", "p.yaml:1:27: ", "1 to 100 characters"),
        ("sweep: {variants: [{name: \"a\\tb\"}]}", "p.yaml:1:27: ", "on one line"),
        (
            "sweep: {variants: [{batch.size: 1KiB, config.batch.size: 2KiB}]}", "p.yaml:1:39: ",
            "given twice"
        ),
        ("baseline: none", "p.yaml:1:1: ", "the profile has no sweep, so no variant 'none'"),
        (
            "sweep: {compression.type: [none, lz4]}\nbaseline: lz5", "p.yaml:2:1: ",
            "did you mean 'lz4'?"
        ),
        ("repetitions: 0", "p.yaml:1:14: ", "out of range: 1 to 1000"),
        ("repetitions: 5s", "p.yaml:1:14: ", "'s' is not a unit"),
    ])
    func `a fault of a sweep is reported at its place with its remedy`(
        text: String, place: String, part: String
    ) {
        let found = Self.faults(text)
        #expect(found.count == 1 && found[0].hasPrefix(place), "\(found)")
        #expect(found.first?.contains(part) == true, "\(found)")
    }

    @Test func `a product of more variants than anyone runs is refused before it is made`() {
        let values = "[" + (1...60).map(String.init).joined(separator: ", ") + "]"
        let axes = ["linger.ms", "members", "payload.pool", "partitions", "keys.cardinality"]
        let text = "sweep: {" + axes.map { "\($0): \(values)" }.joined(separator: ", ") + "}"
        let found = Self.faults(text)
        #expect(found.count == 1 && found[0].contains("more than 1000 variants"), "\(found)")
        let many = (0...1000).map { "{linger.ms: \($0)}" }.joined(separator: ", ")
        #expect(
            Self.faults("sweep: {variants: [\(many)]}")[0].contains("more than 1000 variants"))
    }

    @Test func `a combination that cannot run is found in the last of many variants`() {
        let found = Self.faults(
            """
            sweep:
              compression.type: [zstd, lz4]
              compression.level: [1, 18]
            """)
        #expect(
            found == [
                "p.yaml:3:26: variant 'lz4,compression.level=18': lz4 has levels 1 to 17, not 18"
            ])
    }

    @Test func `what is wrong with every variant is said once, and of no one variant`() {
        let found = Self.faults("topics: {partitions: 0}\nsweep: {acks: [all, 1]}")
        #expect(found.count == 1)
        let group = Self.faults(
            "consumers: [{group: g, members: 2}]\nsweep: {linger.ms: [1, 2, 3]}")
        #expect(group.count == 1 && group[0].hasPrefix("p.yaml:1:24: 2 members"), "\(group)")
    }

    @Test func `only what runs must be complete`() throws {
        let text = "payload: {kind: corpus}\nsweep: {payload.file: [a.log, \"b: c.log\"]}"
        let profile = try Profile(yaml: text)
        #expect(profile.variants[1].overrides == ["payload.file=b: c.log"])
        #expect(Self.faults(text, checksVariants: false)[0].contains("a corpus needs a file"))
        // A single run looks at a sweep's names, but not for what its other variants come to.
        let alike = "sweep: {variants: [{name: a}, {name: b, acks: all}]}"
        #expect(Self.faults(alike, checksVariants: false).isEmpty)
        #expect(Self.faults("sweep: {aks: [1]}", checksVariants: false).count == 1)
    }

    @Test func `an option that every variant overrides is refused, not ignored`() {
        let sweep = "sweep: {compression.type: [none, lz4]}"
        let found = Self.faults(sweep, overrides: ["compression.type=zstd"])
        #expect(found.count == 1 && found[0].hasPrefix("--set compression.type=zstd: "))
        #expect(found[0].contains("--vary compression.type="))
        #expect(Self.faults(sweep, overrides: ["linger.ms=7"]).isEmpty)
    }

    @Test(arguments: [
        ("batch.size", "expected key=value,value,…"), ("=1,2", "there is no setting ''"),
        ("batch.size=", "a value is missing"), ("batch.size=1KiB,,2KiB", "a value is missing"),
        ("bacth.size=1KiB", "did you mean 'producers.config.batch.size'?"),
        ("acks=[]", "not a list"),
        ("linger.ms=1,2lightyears", "is not a unit"), ("rate={poisson: 1/s", "not YAML"),
        ("linger.ms=1,1ms", "have the same settings"), ("baseline=a,b", "cannot be varied"),
    ])
    func `a fault of an option is reported with the option`(option: String, part: String) {
        let found = Self.faults("{}", vary: [option])
        #expect(found.count == 1 && found[0].hasPrefix("--vary \(option): "), "\(found)")
        #expect(found.first?.contains(part) == true, "\(found)")
    }

    @Test func `options may not vary a setting twice`() {
        let found = Self.faults("{}", vary: ["acks=all", "config.acks=1"])
        #expect(found.count == 1 && found[0].contains("'acks' is varied twice"), "\(found)")
    }
}
