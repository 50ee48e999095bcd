import Foundation
import KafkaProtocol
import RecordFormat

/// Renders the fields that a version has, by Kafka's names, as the JSON beside the golden frames
/// does.
struct JSONFields: FieldCoding {
    let version: Int16
    /// The frame that the records are ranges of.
    let frame: [UInt8]
    private(set) var object: [String: NSObject] = [:]

    static func render(
        _ body: some FieldSet, version: Int16, frame: [UInt8]
    ) throws(ProtocolError) -> NSDictionary {
        var fields = JSONFields(version: version, frame: frame)
        var body = body
        try body.code(&fields)
        return fields.object as NSDictionary
    }

    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ name: StaticString, _ value: inout Integer
    ) {
        // Unsigned bytes are booleans, and unsigned numbers of 64 bits are those of a Double.
        if Integer.self == UInt64.self {
            return set(name, NSNumber(value: Double(bitPattern: UInt64(value))))
        }
        let isBoolean = Integer.self == UInt8.self
        set(name, isBoolean ? NSNumber(value: value != 0) : NSNumber(value: Int64(value)))
    }

    mutating func uuid(_ name: StaticString, _ value: inout TopicID) {
        let halves = [value.mostSignificantBits, value.leastSignificantBits]
        let digits = Array(halves.map { String(format: "%016lx", $0) }.joined())
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        set(name, groups.joined(separator: "-") as NSString)
    }

    mutating func string(_ name: StaticString, _ value: inout String?, allowsNull: Bool) {
        set(name, value.map { $0 as NSString } ?? NSNull())
    }

    mutating func array<Element: FieldElement>(
        _ name: StaticString, _ value: inout [Element]?, allowsNull: Bool
    ) throws(ProtocolError) {
        guard let elements = value else { return set(name, NSNull()) }
        var rendered: [NSObject] = []
        for index in elements.indices {
            var element = elements[index]
            var fields = JSONFields(version: version, frame: frame)
            try element.code("element", &fields)
            rendered.append(fields.object["element"] ?? fields.object as NSDictionary)
        }
        set(name, rendered as NSArray)
    }

    mutating func bytes(_ name: StaticString, _ value: inout [UInt8]?, allowsNull: Bool) {
        set(name, value.map { Self.hexadecimal($0) as NSString } ?? NSNull())
    }

    mutating func records(
        _ name: StaticString, _ value: inout RecordsRange?, allowsNull: Bool
    ) {
        set(name, value.map { Self.hexadecimal(frame[$0.range]) as NSString } ?? NSNull())
    }

    mutating func structure(_ value: inout some FieldSet) throws(ProtocolError) {
        try value.code(&self)
    }

    mutating func structure(
        _ name: StaticString, _ value: inout some FieldSet
    ) throws(ProtocolError) {
        set(name, try Self.render(value, version: version, frame: frame))
    }

    mutating func structure<Value: FieldSet>(
        _ name: StaticString, orNull value: inout Value?
    ) throws(ProtocolError) {
        guard let present = value else { return set(name, NSNull()) }
        set(name, try Self.render(present, version: version, frame: frame))
    }

    /// An absent one is left out, and `differences` takes that for its default.
    mutating func tagged<Value: FieldElement>(
        tag: UInt32, _ name: StaticString, _ value: inout Value?
    ) throws(ProtocolError) {
        guard var present = value else { return }
        var fields = JSONFields(version: version, frame: frame)
        try present.code(name, &fields)
        set(name, fields.object[Self.camel(name)] ?? fields.object as NSDictionary)
    }

    private mutating func set(_ name: StaticString, _ value: NSObject) {
        object[Self.camel(name)] = value
    }

    private static func camel(_ name: StaticString) -> String {
        let name = name.description
        return name.prefix(1).lowercased() + name.dropFirst()
    }

    private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }

    /// The tagged fields of the APIs that are served: the only ones that JSON tells of and a
    /// message may lack.
    private static let tagged: Set<String> = [
        "clusterId", "currentLeader", "nodeEndpoints", "divergingEpoch", "snapshotId",
        "supportedFeatures", "finalizedFeaturesEpoch", "finalizedFeatures", "zkMigrationReady",
        "topicConfigErrorCode", "replicaState", "replicaDirectoryId",
    ]

    /// What of `theirs` is not in `ours`, or otherwise: paths and both values. Empty where they
    /// agree.
    static func differences(
        _ ours: NSObject?, _ theirs: NSObject?, at path: String = ""
    ) -> [String] {
        if let ours = ours as? NSDictionary, let theirs = theirs as? NSDictionary {
            let keys = Set(ours.allKeys.map { "\($0)" }).union(theirs.allKeys.map { "\($0)" })
            return keys.sorted().flatMap { key in
                if key == "unknownTags" || (ours[key] == nil && tagged.contains(key)) {
                    return [] as [String]
                }
                return differences(
                    ours[key] as? NSObject, theirs[key] as? NSObject, at: "\(path).\(key)")
            }
        }
        if let ours = ours as? NSArray, let theirs = theirs as? NSArray,
            ours.count == theirs.count
        {
            return (0..<ours.count).flatMap { index in
                differences(
                    ours[index] as? NSObject, theirs[index] as? NSObject, at: "\(path)[\(index)]")
            }
        }
        if let ours, let theirs, ours == theirs { return [] }
        return ["\(path): \(ours?.description ?? "absent"), not \(theirs?.description ?? "absent")"]
    }
}
