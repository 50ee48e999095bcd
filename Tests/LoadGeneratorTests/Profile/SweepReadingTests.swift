import Testing

@testable import LoadGenerator

@Suite struct SweepReadingTests {
    static func sweep(_ text: String, vary: [String] = []) throws -> Sweep {
        try #require(try Profile(yaml: text, vary: vary.options).sweep)
    }

    @Test func `a product runs every combination, the last setting changing first`() throws {
        let sweep = try Self.sweep(
            """
            sweep:
              producers.config.compression.type: [none, zstd:3]
              batch.size: [16KiB, 1MiB]
            """)
        #expect(
            sweep.variants.map(\.name) == [
                "none,16KiB", "none,1MiB", "zstd:3,16KiB", "zstd:3,1MiB",
            ])
        #expect(
            sweep.variants[2].overrides == ["compression.type=zstd:3", "batch.size=16KiB"])
        #expect(sweep.paths == ["compression.type", "batch.size"])
        #expect(sweep.columnNames == ["set_compression_type", "set_batch_size"])
    }

    @Test func `variants may be written one by one, with or without names`() throws {
        let sweep = try Self.sweep(
            """
            sweep:
              variants:
                - {name: small, batch.size: 16KiB}
                - {compression.type: "lz4", linger.ms: 20}
                - {}
            """)
        #expect(sweep.variants.map(\.name) == ["small", "lz4,linger.ms=20", "default"])
        #expect(sweep.variants[1].overrides == ["compression.type=lz4", "linger.ms=20"])
        #expect(sweep.variants[2].overrides.isEmpty)
        #expect(sweep.axes.isEmpty)
    }

    @Test(arguments: [
        ("producers.count: [1, 8]", ["producers.count=1", "producers.count=8"]),
        ("linger.ms: [0, 5ms]", ["linger.ms=0", "linger.ms=5ms"]),
        ("rate: [max, 10k/s]", ["producers.rate=max", "producers.rate=10k/s"]),
        (
            "enable.idempotence: [true, false]",
            ["enable.idempotence=true", "enable.idempotence=false"]
        ),
        ("keys.kind: [none, zipfian]", ["none", "zipfian"]),
        (
            "payload.size: [1KiB, {uniform: {min: 1, max: 2KiB}}]",
            ["payload.size=1KiB", "payload.size={uniform: {min: 1, max: 2KiB}}"]
        ),
    ])
    func `a variant is named by its value where that speaks for itself`(
        axis: String, names: [String]
    ) throws {
        let sweep = try Self.sweep("payload: {kind: random}\nsweep: {\(axis)}")
        #expect(sweep.variants.map(\.name) == names)
    }

    @Test func `values that two settings share, and sizes of two, are named with their settings`()
        throws
    {
        let kinds = try Self.sweep("sweep: {keys.kind: [none], compression.type: [none]}")
        #expect(kinds.variants.map(\.name) == ["keys.kind=none,compression.type=none"])
        let sizes = try Self.sweep("sweep: {batch.size: [1KiB], segment.bytes: [2MiB]}")
        #expect(sizes.variants.map(\.name) == ["batch.size=1KiB,segment.bytes=2MiB"])
    }

    @Test func `options replace the sweep of the profile and its baseline`() throws {
        let text = "sweep: {acks: [all, 1]}\nbaseline: all"
        let profile = try Profile(
            yaml: text,
            vary: ["compression.type=none,zstd:3, lz4", "producers.rate=max,{poisson: 5/s}"])
        #expect(profile.baseline == nil)
        #expect(
            profile.variants.map(\.overrides)[3] == [
                "compression.type=zstd:3", "producers.rate={poisson: 5/s}",
            ])
        #expect(profile.variants.count == 6)
        let chosen = try Profile(
            yaml: text, overrides: ["baseline=16KiB"], vary: ["batch.size=[8KiB, 16KiB]"])
        #expect(chosen.baseline == "16KiB")
    }

    @Test func `the values of options may hold colons, units, lists, blanks and commas`() throws {
        let rates = try Self.sweep(
            "{}",
            vary: [
                "rate={steps: [{rate: 1k/s, for: 1s}, {rate: 2k/s}]}, max ,1.5M/s",
                #"payload.size=1KiB,{histogram: [{size: 1, weight: 1}, {size: 2, weight: 0.5}]}"#,
                "payload.kind=zeros",
            ])
        #expect(rates.axes[0].values[0] == "{steps: [{rate: 1k/s, for: 1s}, {rate: 2k/s}]}")
        #expect(rates.axes[0].values[1...] == ["max", "1.5M/s"])
        #expect(rates.variants.count == 6)
        let files = try Self.sweep(
            "payload: {kind: corpus}",
            vary: [#"payload.file=a: #1 *x&y.log, "with, comma.log" ,ü.log"#])
        #expect(
            files.variants.map(\.overrides) == [
                ["payload.file=a: #1 *x&y.log"], ["payload.file=with, comma.log"],
                ["payload.file=ü.log"],
            ])
        let groups = try Self.sweep(
            "{}", vary: ["consumers=[],[{group: a}],[{group: a}, {group: b}]"])
        #expect(
            groups.variants.map(\.overrides) == [
                ["consumers=[]"], ["consumers=[{group: a}]"],
                ["consumers=[{group: a}, {group: b}]"],
            ])
    }

    @Test func `each variant is the profile that its overrides make`() throws {
        let text = """
            payload: {kind: random, size: 1KiB}
            consumers: [{group: mail}, {group: audit}]
            sweep:
              consumers.mail.members: [1, 2]
              payload.kind: [orders, random]
              topics.partitions: [2]
            """
        let profile = try Profile(yaml: text)
        #expect(
            profile.variants.map(\.name)[3] == "consumers.mail.members=2,random")
        let variants = try profile.variants.map {
            try Profile(yaml: text, overrides: $0.overrides.options, checksVariants: false)
        }
        #expect(variants.map { $0.consumers[0].members } == [1, 1, 2, 2])
        #expect(variants.map(\.payload.kind) == [.orders, .random, .orders, .random])
        #expect(variants.map(\.payload.size) == [nil, .fixed(1024), nil, .fixed(1024)])
        #expect(variants.allSatisfy { $0.topics.partitions == 2 })
    }

    @Test(arguments: [
        "sweep: {compression.type: [none, zstd:3], linger.ms: [0, 5ms]}\nbaseline: none,linger.ms=0",
        "sweep: {variants: [{name: 'a: b, \"c\"', linger.ms: 7}, {}]}\nrepetitions: 7",
        "payload: {kind: corpus}\nsweep: {payload.file: ['null', '\"', ' x ', 'zstd:3', '&a', '7']}",
        "sweep: {payload.file: [a.log, b.log], payload.kind: [corpus]}",
        "payload: {kind: random}\nsweep: {size: [1KiB, {uniform: {min: 1, max: 9}}], keys: [{kind: uniform}]}",
        "consumers: [{group: a}]\nsweep: {consumers: [[], [{group: a}]]}",
        "thresholds: [lost == 0, {that: e2e_latency_p99<10ms, abort: true, after: 1.5s}]\n"
            + "consumers: [{group: a}]",
    ])
    func `a resolved profile carries its sweep and thresholds, to be run again`(
        text: String
    ) throws {
        let profile = try Profile(yaml: text, name: "x")
        let resolved = profile.resolvedYAML()
        let again = try Profile(yaml: resolved, name: "x", source: resolved)
        #expect(again == profile)
        #expect(again.sweep == profile.sweep && again.thresholds == profile.thresholds)
        #expect(again.resolvedYAML() == resolved)
    }

    @Test func `without a sweep there is one variant`() throws {
        let profile = try Profile(yaml: "sweep: null\nseed: 42")
        #expect(profile.sweep == nil)
        #expect(profile.variants == [.default])
        #expect(profile.repetitions == 5)
        let swept = try Profile(yaml: "sweep: {acks: [1, all]}\nbaseline: acks=1\nrepetitions: 9")
        #expect(swept.withoutSweep == profile)
    }
}
