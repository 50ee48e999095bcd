import Foundation
import Testing

@testable import LoadGenerator

@Suite struct ShippedProfilesTests {
    static let directory =
        #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/Profiles"

    static let names = [
        "backlog", "batching", "compression", "durability", "fan-out", "latency",
        "many-partitions", "orders", "quickstart", "signups", "soak", "throughput-100b",
        "throughput-1kb",
    ]

    @Test func `every shipped profile is valid and asks a question`() throws {
        let catalog = try ProfileCatalog(directory: Self.directory)
        #expect(catalog.entries.map(\.name) == Self.names)
        for entry in catalog.entries {
            let description = try entry.description.get()
            #expect(description.hasSuffix("?"), "\(entry.name)")
        }
    }

    @Test func `the program contains every shipped profile, and runs it by its name`() throws {
        #expect(ShippedProfile.all.map(\.name) == Self.names)
        for shipped in ShippedProfile.all {
            let path = "\(Self.directory)/\(shipped.name).yaml"
            #expect(try shipped.text == String(contentsOfFile: path, encoding: .utf8))
            #expect(try Profile(contentsOf: shipped.name) == Profile(contentsOf: path))
        }
        #expect(ProfileCatalog.shipped.entries.map(\.name) == Self.names)
    }

    @Test(arguments: [
        ("quikstart", "did you mean 'quickstart', which Weir has?"),
        ("Profiles/orders.yml", "did you mean 'orders', which Weir has?"),
        ("mine", "'weir profiles' lists those that Weir has"),
        ("no/such.yaml", "there is no such file or folder; name the file of a profile"),
    ])
    func `a name that is neither a file nor shipped gets a hint`(path: String, end: String) {
        let error = #expect(throws: ProfileErrors.self) { try Profile(contentsOf: path) }
        #expect(error?.description.hasSuffix(end) == true, "\(String(describing: error))")
    }

    @Test(arguments: names)
    func `a shipped profile needs no more disk than it says`(name: String) throws {
        let path = "\(Self.directory)/\(name).yaml"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let stated = try #require(text.firstMatch(of: /Disk: at most ([0-9.]+) GB/)?.1)
        let profile = try Profile(contentsOf: path)
        let config = profile.topics.config
        let segment = try #require(config["segment.bytes"].flatMap { Int($0) })
        let retention = try #require(config["retention.bytes"].flatMap { Int($0) })
        let partitions = profile.topics.partitions * profile.topics.count
        var bytes = 0
        if case .backlog(.bytes(let backlog)) = profile.length {
            #expect(retention == -1)
            bytes = backlog
        } else {
            // A segment is deleted when the others hold what is to be kept, and one is written.
            #expect(config["file.delete.delay.ms"] == "0" && retention > 0)
            bytes = partitions * (retention + 2 * segment)
        }
        #expect(Double(bytes) <= Double(stated)! * 1e9, "\(bytes)")
    }

    @Test(arguments: names)
    func `a shipped profile can be run on a corpus and made shorter`(name: String) throws {
        let path = "\(Self.directory)/\(name).yaml"
        let corpus = try Profile(
            contentsOf: path, overrides: ["payload.kind=corpus", "payload.file=some.log"])
        #expect(corpus.payload.file == "some.log")
        if name != "backlog" {
            let short = try Profile(contentsOf: path, overrides: ["duration=1s"])
            #expect(short.length == .duration(.seconds(1)))
        }
    }

    @Test func `a broken profile does not hide the others`() throws {
        let directory = FileManager.default.temporaryDirectory.path + "/weir-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        for (name, text) in [("b.yaml", "description: Why?"), ("a.yml", "sed: 1"), ("c.txt", "")] {
            try text.write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8)
        }
        let entries = try ProfileCatalog(directory: directory).entries
        #expect(entries.map(\.name) == ["a", "b"])
        #expect(throws: ProfileErrors.self) { try entries[0].description.get() }
        #expect(try entries[1].description.get() == "Why?")
        #expect(throws: ProfileErrors.self) { try ProfileCatalog(directory: "no/such") }
    }
}
