import Testing

@testable import LoadGenerator

@Suite struct `Written settings` {
    private func settings(_ overrides: String...) throws -> WrittenSettings {
        let profile = try Profile(
            yaml: "payload: {kind: orders}\nconsumers: [{group: g}]", overrides: overrides.options)
        return try WrittenSettings(yaml: profile.resolvedYAML(), source: "profile.yaml")
    }

    @Test func `have the names that options take`() throws {
        let values = try settings("batch.size=64KiB", "producers.count=3").values
        #expect(values["batch.size"] == "64KiB")
        #expect(values["producers.count"] == "3")
        #expect(values["payload.kind"] == "orders")
        #expect(values["consumers.0.group"] == "g")
        #expect(values["compression.level"] == nil)
    }

    @Test func `say a codec and its level in one form`() throws {
        func codec(_ type: String) throws -> String? {
            try settings("compression.type=\(type)").values["compression.type"]
        }
        #expect(try codec("zstd") == "zstd:3")
        #expect(try codec("zstd:3") == "zstd:3")
        #expect(try codec("zstd:9") == "zstd:9")
        #expect(try codec("lz4") == "lz4")
        #expect(try codec("none") == "none")
        var swept = try settings()
        swept.set(swept.name(ofColumn: "set_compression_type"), to: "zstd")
        #expect(swept.values["compression.type"] == "zstd:3")
    }

    @Test func `differ in what was set, and not in what says nothing of the load`() throws {
        let all = [
            try settings("compression.type=lz4", "description=one", "data.dir=here"),
            try settings("compression.type=zstd:9", "linger.ms=7ms"),
            try settings("compression.type=zstd:9", "linger.ms=7ms", "repetitions=7"),
        ]
        let names = WrittenSettings.differing(among: all)
        #expect(names == ["compression.type", "linger.ms"])
        #expect(all.map { $0.label(of: names) }[1] == "zstd:9,linger.ms=7ms")
        #expect(all[1] == all[2])
        #expect(all[1].label(of: ["warp"]) == nil)
        let none = try WrittenSettings(yaml: "consumers: []", source: "p")
        #expect(none.label(of: ["consumers", "consumers.0.group"]) == "consumers=[]")
        #expect(WrittenSettings.differing(among: [all[0]]) == [])
    }

    @Test func `are read from profiles that this version would refuse`() throws {
        let later = try WrittenSettings(
            yaml: "warp: 9\nproducers: {config: {new.setting: [1, two]}}\nempty: {}", source: "p")
        #expect(
            later.values == [
                "warp": "9", "producers.config.new.setting": "[1, two]", "empty": "{}",
            ])
        for broken in ["a: [", "- list", "a: &x 1"] {
            #expect(throws: ProfileError.self) { try WrittenSettings(yaml: broken, source: "p") }
        }
    }
}
