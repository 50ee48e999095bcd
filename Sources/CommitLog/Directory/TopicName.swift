/// Kafka's rules for the names of topics; they also keep a name from leaving its directory.
package enum TopicName {
    static let maximumLength = 249

    package static func validate(_ name: String) throws(LogError) {
        if let reason = problem(with: name) {
            throw .invalidTopicName(name: name, reason: reason)
        }
    }

    private static func problem(with name: String) -> String? {
        if name.isEmpty { return "it is empty" }
        if name == "." || name == ".." { return "it is a directory's" }
        if name.utf8.count > maximumLength {
            return "it is longer than \(maximumLength) characters"
        }
        let isAllowed = name.utf8.allSatisfy(isAllowed)
        return isAllowed ? nil : "only ASCII letters, digits, '.', '_' and '-' are allowed"
    }

    static func isAllowed(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default:
            false
        }
    }
}
