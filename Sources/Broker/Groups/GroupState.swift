/// The state of a group between two assignments; the raw values are Kafka's names.
///
///     Empty ──join──► PreparingRebalance ──all joined, or time is up──► CompletingRebalance
///       ▲                  │      ▲ ▲                                      │      │
///       └──nobody joined───┘      │ └── a member comes, goes or changes ───┘      │ the leader's
///                                 └──────── the same ──────── Stable ◄────────────┘ assignment
enum GroupState: String, Sendable, CaseIterable {
    /// No members. The group may still have committed offsets.
    case empty = "Empty"
    /// Members are asked to join again, and those that have wait.
    case preparingRebalance = "PreparingRebalance"
    /// The generation is made, and waits for its leader to assign partitions.
    case completingRebalance = "CompletingRebalance"
    case stable = "Stable"
    /// Deleted. No group stays in this state: it is what DescribeGroups says of one that is not
    /// there.
    case dead = "Dead"
}
