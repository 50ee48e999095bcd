import Foundation

/// A JSON schema of profiles, for editors that complete and check YAML. It is made from the tables of
/// settings; what a value's units mean it does not know, and Weir checks itself.
public enum ProfileSchema {
    /// Draft 7, which editors' YAML servers know.
    public static var text: String {
        var root = Node()
        for setting in Profile.settings { root.add(setting, Profile(), at: setting.path[...]) }
        var group = Node()
        for setting in ConsumerGroupSettings.settings {
            group.add(setting, ConsumerGroupSettings(), at: setting.path[...])
        }
        var schema = root.json
        schema["$schema"] = "http://json-schema.org/draft-07/schema#"
        schema["title"] = "A profile of Weir"
        guard var properties = schema["properties"] as? [String: Any] else { return "{}" }
        properties["producers"] = ["anyOf": [root.section("producers").json, groups(of: root)]]
        properties["consumers"] = [
            "type": ["array", "null"], "items": group.json,
            "description": "The consumer groups; each receives every record once.",
        ]
        schema["properties"] = properties
        return written(schema)
    }

    /// The list of several groups of producers.
    private static func groups(of root: Node) -> [String: Any] {
        var group = root.section("producers")
        for section in ProfileDocument.sectionsOfGroups {
            group.sections[section] = root.section(section)
        }
        group.properties["name"] = [
            "type": "string", "description": "The name of this group of producers.",
        ]
        var json = group.json
        json["required"] = ["name"]
        return ["type": "array", "items": json]
    }

    private static func written(_ schema: [String: Any]) -> String {
        let options: JSONSerialization.WritingOptions = [
            .prettyPrinted, .sortedKeys, .withoutEscapingSlashes,
        ]
        guard let data = try? JSONSerialization.data(withJSONObject: schema, options: options)
        else {
            preconditionFailure("the schema has only texts, lists and mappings")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// A section of a profile.
    private struct Node {
        var properties: [String: [String: Any]] = [:]
        var sections: [String: Node] = [:]

        mutating func add<Root>(
            _ setting: Setting<Root>, _ defaults: Root, at path: ArraySlice<String>
        ) {
            guard let key = path.first else { return }
            if path.count > 1 {
                sections[key, default: Node()].add(setting, defaults, at: path.dropFirst())
            } else {
                properties[key] = ProfileSchema.value(of: setting, defaults)
            }
        }

        func section(_ name: String) -> Node { sections[name] ?? Node() }

        var json: [String: Any] {
            let all = sections.mapValues(\.json).merging(properties) { $1 }
            return ["type": ["object", "null"], "additionalProperties": false, "properties": all]
        }
    }

    /// What a setting's words say of its values.
    private static func value<Root>(of setting: Setting<Root>, _ defaults: Root) -> [String: Any] {
        let standard = setting.defaultNote ?? setting.write(defaults)
        var json: [String: Any] = [
            "description": "\(setting.summary)\n\(setting.form); default: \(standard)"
        ]
        let form = setting.form
        if form.hasPrefix("true or false") {
            json["type"] = ["boolean", "null"]
        } else if let choices = choices(of: form) {
            // A codec may have its level, and a number is written without quotes.
            let numbers: [Any] = choices.compactMap { Int($0) }
            let plain: [String: Any] = [
                "enum": (choices as [Any]) + numbers + [NSNull()]
                    + (form.contains("-1") ? [-1 as Any, "-1"] : [])
            ]
            json["anyOf"] =
                form.contains("zstd:3")
                ? [plain, ["type": "string", "pattern": "^[a-z0-9]+:-?[0-9]+$"]] : [plain]
        } else if setting.isText {
            json["type"] = ["string", "number", "boolean", "null"]
        } else if scalars.contains(where: form.hasPrefix), !form.contains("{") {
            json["type"] = ["string", "number", "null"]
        }
        return json
    }

    private static let scalars = ["a whole number", "a number", "a count", "a name", "a duration"]

    /// Of `one of none, lz4; with …, or null`.
    static func choices(of form: String) -> [String]? {
        guard form.hasPrefix("one of ") else { return nil }
        // What follows a bracket or a semicolon is about the names.
        return form.dropFirst("one of ".count).prefix { $0 != "(" && $0 != ";" }
            .split(separator: ", ").map { word in String(word.prefix { $0 != " " }) }
            .filter { $0 != "or" }
    }
}
