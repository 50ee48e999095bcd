/// Which partition of an internal topic holds everything about a group or a transactional id.
enum CoordinatorPartition {
    /// Kafka's `Utils.abs(name.hashCode()) % count`, so that Kafka would look in the same place.
    static func index(of name: String, among count: Int32) -> Int32 {
        magnitude(hash(name)) % count
    }

    /// The partition that Weir 0.1.0 used. The two differ where the hash is negative.
    static func formerIndex(of name: String, among count: Int32) -> Int32 {
        (hash(name) & .max) % count
    }

    /// Java's `String.hashCode`.
    static func hash(_ name: String) -> Int32 {
        name.utf16.reduce(0) { $0 &* 31 &+ Int32($1) }
    }

    /// Kafka's `Utils.abs`: 0 for the smallest integer, whose magnitude does not fit its type.
    static func magnitude(_ hash: Int32) -> Int32 { hash == .min ? 0 : abs(hash) }
}
