import Foundation
import Testing
import Yams

@testable import LoadGenerator

@Suite struct `The schema of profiles` {
    /// The part of JSON schema that ours uses; the first fault, or nil.
    private static func fault(_ value: Any, _ schema: [String: Any], at place: String = "")
        -> String?
    {
        if let choices = schema["anyOf"] as? [[String: Any]] {
            let faults = choices.map { fault(value, $0, at: place) }
            return faults.contains { $0 == nil } ? nil : faults[0]
        }
        if let choices = schema["enum"] as? [Any] {
            let words = choices.map { "\($0 is NSNull ? "null" : $0)" }
            return words.contains("\(value is NSNull ? "null" : value)")
                ? nil : "\(place): \(value)"
        }
        if let pattern = schema["pattern"] as? String {
            let isMatch = "\(value)".range(of: pattern, options: .regularExpression) != nil
            return isMatch ? nil : "\(place): \(value)"
        }
        let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] }
        if let types, !types.contains(where: { isType($0, value) }) {
            return "\(place): \(value) is not \(types)"
        }
        if let list = value as? [Any], let items = schema["items"] as? [String: Any] {
            return list.enumerated().lazy.compactMap {
                fault($0.element, items, at: "\(place)[\($0.offset)]")
            }.first
        }
        guard let mapping = value as? [String: Any],
            let properties = schema["properties"] as? [String: Any]
        else { return nil }
        for required in schema["required"] as? [String] ?? [] where mapping[required] == nil {
            return "\(place) has no \(required)"
        }
        for (key, value) in mapping {
            guard let property = properties[key] as? [String: Any] else { return "\(place).\(key)" }
            if let fault = fault(value, property, at: "\(place).\(key)") { return fault }
        }
        return nil
    }

    private static func isType(_ type: String, _ value: Any) -> Bool {
        switch type {
        case "object": value is [String: Any]
        case "array": value is [Any]
        case "string": value is String
        case "number": value is Int || value is Double
        case "boolean": value is Bool
        case "null": value is NSNull
        default: false
        }
    }

    private static func schema() throws -> [String: Any] {
        let parsed = try JSONSerialization.jsonObject(with: Data(ProfileSchema.text.utf8))
        return try #require(parsed as? [String: Any])
    }

    private static func fault(inYAML text: String) throws -> String? {
        fault(try #require(try Yams.load(yaml: text)), try schema())
    }

    @Test(arguments: ShippedProfile.all.map(\.name))
    func `accepts each shipped profile, as written and as resolved`(name: String) throws {
        let shipped = try #require(ShippedProfile.named(name))
        #expect(try Self.fault(inYAML: shipped.text) == nil)
        let resolved = try Profile(contentsOf: name).resolvedYAML()
        #expect(try Self.fault(inYAML: resolved) == nil)
    }

    @Test func `accepts groups of producers and a level with its codec`() throws {
        let text = """
            producers:
              - {name: a, rate: 5k/s, config: {compression.type: "zstd:3", acks: 1}}
              - {name: b, payload: {kind: random, size: 1KiB}, topics: {name: b}}
            """
        _ = try Profile(yaml: text)
        #expect(try Self.fault(inYAML: text) == nil)
    }

    @Test(arguments: [
        ("producers: {config: {lingr.ms: 5ms}}", ".producers.lingr"),
        ("durations: 1s", ".durations"),
        ("payload: {kind: ordrs}", ".payload.kind: ordrs"), ("roofline: 3", ".roofline: 3"),
        ("consumers: [{grup: a}]", ".consumers[0].grup"), ("target: kafak", ".target: kafak"),
        ("producers: [{rate: 5k/s}]", ".producers"),
    ])
    func `refuses what no profile has`(text: String, fault: String) throws {
        #expect(try Self.fault(inYAML: text) != nil, "\(text)")
        #expect((try? Profile(yaml: text)) == nil)
    }

    @Test func `has every setting with its meaning and its default`() throws {
        let properties = try #require(try Self.schema()["properties"] as? [String: Any])
        let producers = try #require(properties["producers"] as? [String: Any])
        let section = try #require((producers["anyOf"] as? [[String: Any]])?.first)
        let config = try #require(
            (section["properties"] as? [String: Any])?["config"] as? [String: Any])
        let linger = try #require(
            (config["properties"] as? [String: Any])?["linger.ms"] as? [String: Any])
        let words = try #require(linger["description"] as? String)
        #expect(words.contains("default: 0s") || words.contains("default: "))
        for setting in Profile.settings {
            #expect(ProfileSchema.text.contains("\"\(setting.path.last!)\" : {"), "\(setting.name)")
        }
    }

    @Test(arguments: Profile.settings.filter { $0.form.hasPrefix("one of ") }.map(\.name))
    func `offers only values that the setting takes`(name: String) throws {
        let setting = try #require(Profile.settings.first { $0.name == name })
        let words = try #require(ProfileSchema.choices(of: setting.form))
        for word in words {
            let fault = SuggestionTests.fault(name, word)
            #expect(fault?.message.contains("expected") != true, "\(name)=\(word): \(fault as Any)")
        }
    }
}

@Suite struct `Settings of the environment` {
    @Test func `are those of --set, under their names with underscores`() throws {
        let options = EnvironmentOptions.settings(in: [
            "WEIR_SET_LINGER_MS": "7ms", "WEIR_SET_producers_rate": "5k/s", "WEIR_OUT": "x",
            "PATH": "/bin", "WEIR_SET_TOPICS_PARTITIONS": "3",
        ])
        let profile = try Profile(yaml: "duration: 1s", overrides: options)
        #expect(profile.producers.linger == .milliseconds(7))
        #expect(profile.topics.partitions == 3)
        #expect(profile.resolvedYAML().contains("rate: 5000/s"))
        let over = try Profile(yaml: "duration: 1s", overrides: options + ["linger.ms=1ms"])
        #expect(over.producers.linger == .milliseconds(1))
    }

    @Test func `that are mistyped are named as they were written`() {
        let options = EnvironmentOptions.settings(in: ["WEIR_SET_LINGR_MS": "7ms"])
        let error = #expect(throws: ProfileErrors.self) {
            try Profile(yaml: "duration: 1s", overrides: options)
        }
        #expect(
            error?.description
                == "WEIR_SET_LINGR_MS=7ms: there is no setting 'lingr.ms'; 'weir profiles explain' lists them; "
                + "did you mean 'producers.config.linger.ms'?")
    }

    @Test(arguments: ["WEIR_SET_CLIENT_SASL_JAS_CONFIG", "WEIR_SET_SSL_KEY_PASWORD"])
    func `that are mistyped secrets are not shown`(variable: String) {
        let options = EnvironmentOptions.settings(in: [variable: "hunter2"])
        let error = #expect(throws: ProfileErrors.self) {
            try Profile(yaml: "duration: 1s", overrides: options)
        }
        let text = error?.description ?? ""
        #expect(text.hasPrefix("\(variable): there is no setting") && !text.contains("hunter2"))
    }

    @Test(arguments: SettingName.all)
    func `reach every setting`(name: String) {
        let variable =
            "WEIR_SET_" + name.replacing("*.", with: "").replacing(".", with: "_").uppercased()
        let key = EnvironmentOptions.settings(in: [variable: "x"])[0].text.dropLast(2)
        #expect(SettingName.matching(String(key)) == [name], "\(variable): \(key)")
    }
}
