/// What happens to old records, Kafka's `cleanup.policy`: a list of one, both or neither. With
/// neither records stay for good, save those below the log start offset.
public struct CleanupPolicy: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Whole segments go by age, size and the log start offset.
    public static let delete = CleanupPolicy(rawValue: 1)
    /// Of each key the latest record stays.
    public static let compact = CleanupPolicy(rawValue: 2)

    private static let names: [(name: String, policy: CleanupPolicy)] = [
        ("compact", .compact), ("delete", .delete),
    ]

    /// Reads `delete`, `compact`, both with a comma between, or nothing; nil for anything else.
    public init?(text: String) {
        var policy: CleanupPolicy = []
        guard text.contains(where: { $0 != " " }) else {
            self = policy
            return
        }
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let name = part.filter { $0 != " " }
            guard let known = Self.names.first(where: { $0.name == name }) else { return nil }
            policy.insert(known.policy)
        }
        self = policy
    }

    public var text: String {
        Self.names.filter { contains($0.policy) }.map(\.name).joined(separator: ",")
    }
}
