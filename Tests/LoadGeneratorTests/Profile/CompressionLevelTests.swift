import RecordFormat
import Testing

@testable import LoadGenerator

@Suite struct CompressionLevelTests {
    static func compression(_ text: String, _ overrides: String...) throws -> Compression {
        try Profile(yaml: text, overrides: overrides.options).producers.compression
    }

    static func fault(_ text: String, _ overrides: String...) -> String {
        do {
            _ = try Profile(yaml: text, source: "p.yaml", overrides: overrides.options)
            return ""
        } catch { return error.description }
    }

    static func file(_ type: String) -> String {
        "producers: {config: {compression.type: \(type)}}"
    }

    @Test func `a type may say its level, in a file, an option and a sweep`() throws {
        #expect(try Self.compression(Self.file("zstd:3")) == .zstd(3))
        #expect(try Self.compression(Self.file("\"gzip:9\"")) == .gzip(9))
        #expect(try Self.compression(Self.file("zstd:-5")) == .zstd(-5))
        #expect(try Self.compression("{}", "compression.type=lz4:17") == .lz4(17))
        #expect(
            try Self.compression("{}", "producers.config={compression.type: zstd:4}") == .zstd(4))
        let profile = try Profile(yaml: "sweep: {compression.type: [zstd:1, \"zstd:3\"]}")
        for (variant, level) in zip(profile.variants, [1, 3]) {
            let one = try Profile(yaml: Self.file("lz4:5"), overrides: variant.overrides.options)
            #expect(one.producers.compression == .zstd(level))
        }
    }

    @Test func `what is said later wins over what was said before, and over the file`() throws {
        let file = "producers: {config: {compression.type: zstd, compression.level: 19}}"
        #expect(try Self.compression(file, "compression.type=zstd:3") == .zstd(3))
        #expect(try Self.compression(file, "compression.type=lz4") == .lz4())
        #expect(try Self.compression(Self.file("zstd:3"), "compression.level=7") == .zstd(7))
        #expect(
            try Self.compression("{}", "compression.type=zstd:3", "compression.level=5") == .zstd(5)
        )
        #expect(
            try Self.compression("{}", "compression.level=5", "compression.type=zstd:3") == .zstd(3)
        )
        #expect(
            try Self.compression("{}", "compression.type=zstd:3", "compression.type=lz4") == .lz4())
    }

    @Test(arguments: [
        ("none:3", "none has no levels; did you mean 'none'?"),
        ("snappy:1", "snappy has no levels; did you mean 'snappy'?"),
        ("zsdt:3", "'zsdt' is not a codec; did you mean 'zstd:3'?"),
        ("zstd:x", "expected a level after 'zstd:', -131072 to 22, not 'x'"),
        ("\"zstd:\"", "expected a level after 'zstd:', -131072 to 22, not ''"),
        ("zstd:3:4", "not '3:4'"), ("zstd:3.5", "not '3.5'"),
        ("zstd:99999999999999999999", "expected a level after 'zstd:'"),
        ("zstd:23", "zstd has levels -131072 to 22, not 23"),
        ("gzip:0", "gzip has levels 1 to 9, not 0"), ("\":3\"", "'' is not a codec"),
    ])
    func `a level that cannot be is refused at its place`(type: String, message: String) {
        let fault = Self.fault(Self.file(type))
        #expect(fault.hasPrefix("p.yaml:1:40: "), "\(fault)")
        #expect(fault.contains(message), "\(fault)")
        #expect(!fault.contains("\n"))
        let option = Self.fault("{}", "compression.type=\(type)")
        #expect(option.hasPrefix("--set compression.type=") && option.contains(message))
    }

    @Test func `two levels in one place contradict each other`() {
        let file = "producers: {config: {compression.type: zstd:3, compression.level: 5}}"
        #expect(
            Self.fault(file).hasPrefix("p.yaml:1:40: ")
                && Self.fault(file).contains("compression.level both give a level"))
        let part = "and compression.level both give a level"
        #expect(
            Self.fault("{}", "producers.config={compression.type: zstd:3, compression.level: 5}")
                .contains(part))
        #expect(
            Self.fault("sweep: {compression.type: [lz4, zstd:3], compression.level: [1]}").contains(
                part))
        #expect(
            Self.fault("sweep: {variants: [{compression.type: zstd:3, compression.level: 1}]}")
                .contains(part))
    }
}
