import Testing

@testable import LoadGenerator

@Suite struct ProfileReadingTests {
    static let everything = """
        description: "Does everything: work, & more?"
        target: embedded
        data.dir: some dir/log
        seed: 18446744073709551615
        topics: {name: orders, count: 2, partitions: 6, config: {segment.bytes: 256MiB,
          retention.bytes: -1, flush.messages: 1, segment.ms: 1h, max.message.bytes: 2MB,
          message.timestamp.type: LogAppendTime, cleanup.policy: delete}}
        producers:
          count: 4
          threads: 2
          rate: {steps: [{rate: 10k/s, for: 10s}, {rate: 0/s, for: 500ms}, {rate: 1.5M/s}]}
          partitioner: round-robin
          config:
            batch.size: 64KiB
            linger.ms: 5
            compression.type: zstd
            compression.level: -7
            acks: -1
            enable.idempotence: true
            max.in.flight.requests.per.connection: 3
        payload: {kind: ratio, ratio: 2.5, pool: 8MiB,
          size: {histogram: [{size: 100, weight: 3}, {size: 1KiB, weight: 0.5}]}}
        keys: {kind: zipfian, cardinality: 1_000, exponent: 0.9}
        consumers:
          - {group: a.b, members: 2, from: latest, config: {check.crcs: false}}
          - group: c
            from: committed
            config: {max.partition.fetch.bytes: 2MiB, auto.commit.interval.ms: 250}
        warmup: 0
        records: 10M
        interval: 500ms
        drain.timeout: 1m
        send.grace: 3s
        roofline: true
        """

    @Test func `every setting arrives with its unit`() throws {
        let text = Self.everything.replacing("&", with: "and")
        let profile = try Profile(yaml: text, name: "all")
        #expect(profile.dataDirectory == "some dir/log")
        #expect(profile.seed == .max)
        #expect(profile.topics.names == ["orders-0", "orders-1"])
        #expect(
            profile.topics.config == [
                "segment.bytes": "268435456", "retention.bytes": "-1", "flush.messages": "1",
                "segment.ms": "3600000", "max.message.bytes": "2000000",
                "message.timestamp.type": "LogAppendTime", "cleanup.policy": "delete",
            ])
        #expect(
            profile.producers.rate
                == .steps([
                    RateStep(rate: .perSecond(10_000), duration: .seconds(10)),
                    RateStep(rate: .perSecond(0), duration: .milliseconds(500)),
                    RateStep(rate: .perSecond(1_500_000), duration: nil),
                ]))
        #expect(profile.producers.linger == .milliseconds(5))
        #expect(profile.producers.compression.level == -7)
        #expect(profile.producers.acks == .all)
        #expect(profile.producers.maxInFlight == 3)
        #expect(profile.payload.ratio == 2.5)
        #expect(
            profile.payload.size
                == .histogram([.init(size: 100, weight: 3), .init(size: 1024, weight: 0.5)]))
        #expect(profile.keys.cardinality == 1000)
        #expect(profile.consumers.map(\.group) == ["a.b", "c"])
        #expect(profile.consumers[0].checkCrcs == false)
        #expect(profile.consumers[1].autoCommitInterval == .milliseconds(250))
        #expect(profile.length == .records(10_000_000))
        #expect(profile.drainTimeout == .seconds(60))
        #expect(profile.sendGrace == .seconds(3))
    }

    @Test(arguments: [
        "{}", "producers: {rate: max}",
        "backlog: {bytes: 1GiB}\nproducers: {rate: max}\nconsumers: [{group: g}]",
        "producers: {rate: {poisson: 0.5/s}, config: {acks: 1, linger.ms: 500us}}",
        "producers: {rate: {ramp: {from: 0/s, to: 1.5/d, over: 90s}}}",
        "payload: {kind: random, size: {lognormal: {median: 1000, sigma: 0.3, max: 64KiB}}}",
        "payload: {kind: zeros, size: {uniform: {min: 1, max: 2}}}\nkeys: {kind: round-robin}",
        "payload: {kind: corpus, file: \"a \\\"b\\\" # ü: [x].log\", format: paragraphs}",
        "description: 'null'\ndata.dir: '7'", everything.replacing("&", with: "and"),
    ])
    func `a resolved profile reads back to an equal one`(text: String) throws {
        let profile = try Profile(yaml: text, name: "x")
        let resolved = profile.resolvedYAML()
        let again = try Profile(yaml: resolved, name: "x", source: resolved)
        #expect(again == profile)
        #expect(again.resolvedYAML() == resolved)
    }

    @Test func `a resolved profile names every setting but unset topic keys`() throws {
        let resolved = Profile().resolvedYAML()
        for setting in Profile.settings where !setting.isOmittedAtDefault {
            #expect(resolved.contains(setting.path.last! + ": "), "\(setting.name)")
        }
    }

    @Test func `the defaults are a valid profile`() throws {
        let profile = try Profile(yaml: "{}", name: "profile")
        #expect(profile == Profile())
    }

    @Test func `what depends on another setting follows it`() throws {
        let keyed = try Profile(yaml: "keys: {kind: payload}")
        #expect(keyed.producers.partitioner == .key)
        let single = try Profile(yaml: "producers: {config: {acks: 1}}")
        #expect(single.producers.enableIdempotence == false)
        let deep = try Profile(
            yaml: "producers: {config: {max.in.flight.requests.per.connection: 6}}")
        #expect(deep.producers.enableIdempotence == false)
        let threads = try Profile(yaml: "producers: {count: 2, threads: 8}")
        #expect(threads.producers.threads == 2)
    }

    @Test func `every explanation has a sentence, a form and a default that reads back`() throws {
        for setting in SettingExplanation.all {
            #expect(setting.summary.hasSuffix(".") || setting.summary.hasSuffix("…"))
            #expect(!setting.form.isEmpty && !setting.defaultValue.isEmpty, "\(setting.name)")
        }
        let (found, nearest) = SettingExplanation.matching("batch.size")
        #expect(found.map(\.name) == ["producers.config.batch.size"] && nearest == nil)
        #expect(SettingExplanation.matching("bacth.size").nearest == "producers.config.batch.size")
    }

    @Test func `a name that a profile gives itself goes before that of its file, and stays`()
        throws
    {
        let plain = try Profile(yaml: "{}", name: "orders")
        #expect(plain.name == "orders")
        // A resolved profile is called profile.yaml wherever it lies.
        let again = try Profile(yaml: plain.resolvedYAML(), name: "profile")
        #expect(again == plain)
        let named = try Profile(yaml: "name: \"my \\\"own\\\" name\"", name: "file")
        #expect(named.name == "my \"own\" name")
        #expect(try Profile(yaml: named.resolvedYAML(), name: "profile") == named)
        for name in ["\"\"", String(repeating: "x", count: 1001), "[a]"] {
            #expect(throws: ProfileErrors.self) { try Profile(yaml: "name: \(name)") }
        }
        let broken = try Profile(yaml: "{}", name: "a\nseed: 7\r\nb")
        #expect(try Profile(yaml: broken.resolvedYAML(), name: "profile") == broken)
    }
}
