/// The records' keys.
public struct KeySettings: Hashable, Sendable {
    public var kind = KeyKind.none
    /// How many different keys there are, for all kinds but `none` and `payload`.
    public var cardinality = 10_000
    /// The skew of `zipfian`: the frequency of the key of rank r is proportional to 1 ÷ r^exponent.
    public var exponent = 1.0
    /// For `field`: a member of JSON records, dotted for one inside another, or a column of
    /// comma-separated ones.
    public var field: String?
    /// For `field`, in place of it: a regular expression whose first group is the key.
    public var pattern: String?

    public init() {}
}

public enum KeyKind: String, CaseIterable, Hashable, Sendable {
    /// Null keys.
    case none
    /// One after the other.
    case roundRobin = "round-robin"
    /// Each with the same frequency.
    case uniform
    /// Few keys often, many seldom.
    case zipfian
    /// The payload's own key: the order's, user's, host's or series' id. Records of payloads
    /// without one (a corpus other than segments, ratio, random, zeros) get null keys.
    case payload
    /// A part of each record of a corpus: see `KeySettings.field`. Records without it get null keys.
    case field
}
