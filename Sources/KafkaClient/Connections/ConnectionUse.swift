/// What a connection is for. A broker answers the requests of a connection one after the other, so what
/// has to be quick must not stand behind a fetch that waits for records.
public enum ConnectionUse: Hashable, Sendable {
    /// Records.
    case data
    /// The records of one of the producers that share a cluster: none waits for another's.
    case producer(ObjectIdentifier)
    /// Metadata, heartbeats, administration.
    case control
    /// Joins of a group, which wait for its other members, and heartbeats.
    case group
}
