import Testing

@testable import LoadGenerator

@Suite struct ProfileOverrideTests {
    static let base = """
        producers: {count: 2, rate: 10/s, config: {compression.type: zstd, compression.level: 19}}
        payload: {kind: random, size: 1KiB}
        topics: {partitions: 8}
        records: 100
        consumers: [{group: mail}, {group: a.group, members: 2}]
        """

    static func profile(_ overrides: String...) throws -> Profile {
        try Profile(yaml: base, overrides: overrides.options)
    }

    static func fault(_ overrides: String...) -> String {
        do {
            _ = try Profile(yaml: base, overrides: overrides.options)
            return ""
        } catch { return error.description }
    }

    @Test func `a full name and its unambiguous end set the same`() throws {
        for key in ["producers.config.batch.size", "config.batch.size", "batch.size"] {
            #expect(try Self.profile("\(key)=16KiB").producers.batchSize == 16384)
        }
        #expect(
            try Self.profile("segment.bytes=64MiB").topics.config["segment.bytes"] == "67108864")
    }

    @Test func `compound values are given whole or in part`() throws {
        #expect(
            try Self.profile("rate={poisson: 5/s}").producers.rate == .poisson(.perSecond(5)))
        #expect(try Self.profile("payload.size.fixed=2KiB").payload.size == .fixed(2048))
        #expect(
            try Self.profile("size={uniform: {min: 1, max: 9}}").payload.size
                == .uniform(minimum: 1, maximum: 9))
        #expect(
            try Self.profile("keys={kind: zipfian, exponent: 1.2}").keys.exponent == 1.2)
    }

    @Test func `text is taken as it is`() throws {
        let profile = try Self.profile("payload.kind=corpus", "payload.file=a: #1 *x&y.log")
        #expect(profile.payload.file == "a: #1 *x&y.log")
        #expect(try Self.profile("data.dir=null").dataDirectory == nil)
    }

    @Test func `consumer groups are addressed by name, index and star`() throws {
        #expect(try Self.profile("consumers.mail.members=3").consumers.map(\.members) == [3, 2])
        #expect(try Self.profile("consumers.1.from=latest").consumers[1].from == .latest)
        let all = try Self.profile("consumers.*.config.check.crcs=false")
        #expect(all.consumers.allSatisfy { !$0.checkCrcs })
        #expect(try Self.profile("check.crcs=false").consumers.allSatisfy { !$0.checkCrcs })
        #expect(
            try Self.profile("consumers.a.group.config.auto.commit.interval.ms=5")
                .consumers[1].autoCommitInterval == .milliseconds(5))
        #expect(try Self.profile("consumers=[]").consumers.isEmpty)
        #expect(Self.fault("consumers.mial.members=3").contains("did you mean 'mail'?"))
        #expect(Self.fault("consumers=[]", "members=2").contains("has no consumers"))
    }

    @Test func `an override drops what belonged to the old value`() throws {
        let profile = try Self.profile(
            "duration=5s", "compression.type=none", "payload.kind=orders")
        #expect(profile.length == .duration(.seconds(5)))
        #expect(profile.producers.compression.level == nil)
        #expect(profile.payload.size == nil)
        #expect(try Self.profile("payload.kind=zeros").payload.size == .fixed(1024))
        let level = try Self.profile("compression.level=1", "compression.type=lz4")
        #expect(level.producers.compression.level == 1)
    }

    @Test func `a wrong option is named with its remedy`() {
        #expect(Self.fault("bacth.size=1").contains("did you mean"))
        #expect(
            Self.fault("producers.config.bacth.size=1").contains("'producers.config.batch.size'"))
        #expect(Self.fault("kind=zeros").contains("payload.kind or keys.kind"))
        #expect(Self.fault("batch.size").contains("expected key=value"))
        #expect(Self.fault("=1").contains("there is no setting"))
        #expect(Self.fault("batch.size=1parsec").hasPrefix("--set batch.size=1parsec: "))
        #expect(Self.fault("batch.size=[").contains("not YAML"))
        #expect(Self.fault("duration=5s", "records=5").contains("both given"))
        #expect(Self.fault("acks=1", "enable.idempotence=true").hasPrefix("--set acks=1: "))
    }

    @Test(arguments: [
        ("lingr=5ms", "producers.config.linger.ms"), ("lingr.ms=5ms", "producers.config.linger.ms"),
        ("linger.msec=5ms", "producers.config.linger.ms"),
        ("flsh.ms=5", "topics.config.flush.ms"),
        ("flush.mesages=1", "topics.config.flush.messages"),
        ("paylod.size=1KiB", "payload.size"),
        ("compresion=lz4", "producers.config.compression.type"),
        ("compression.typ=lz4", "producers.config.compression.type"),
        ("acsk=1", "producers.config.acks"), ("Rate=1/s", "producers.rate"),
        ("topics.acks=1", "producers.config.acks"), ("durration=5s", "duration"),
        ("producers.compression.type=lz4", "producers.config.compression.type"),
        ("membrs=2", "consumers.*.members"),
    ])
    func `a mistyped short name is told the setting that it is nearest to`(
        option: String, setting: String
    ) {
        let fault = Self.fault(option)
        #expect(fault.contains("did you mean '\(setting)'?"), "\(fault)")
    }

    @Test(arguments: ["", ".", "xy", "no.such.thing", String(repeating: "a.", count: 5_000)])
    func `a name that is near to none is told nothing`(_ name: String) {
        let fault = Self.fault(name + "=1")
        #expect(fault.contains("there is no setting"))
        #expect(!fault.contains("did you mean"), "\(fault)")
    }

    @Test func `overrides apply before validation and may repair the file`() throws {
        let profile = try Profile(yaml: "seed: oops", overrides: ["seed=7"])
        #expect(profile.seed == 7)
    }
}
