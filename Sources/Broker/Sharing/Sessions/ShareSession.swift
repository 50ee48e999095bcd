import RecordFormat

/// What a member of a share group is about to fetch, from request to request (KIP-932): stepped, without a clock.
struct ShareSession: Sendable {
    /// Of the next request.
    private(set) var epoch: Int32
    let holder: ShareHolder
    /// Tells it from the sessions that the member had before, whose records it takes over. Numbers are not used
    /// again.
    let opening: UInt64
    /// The connection that opened it: with that it ends.
    let connection: ConnectionID
    /// The member has left its group since the session was opened.
    var hasLeft = false
    /// In the order in which they came.
    private(set) var places: [TopicIDPartition]
    private var members: Set<TopicIDPartition>

    init(
        holder: ShareHolder, opening: UInt64, connection: ConnectionID,
        places: some Sequence<TopicIDPartition>
    ) {
        epoch = 1
        self.holder = holder
        self.opening = opening
        self.connection = connection
        self.places = []
        members = []
        add(places)
    }

    /// A request takes the session on. False where it is not the next one.
    mutating func advance(
        epoch asked: Int32, adding added: some Sequence<TopicIDPartition> = [],
        forgetting forgotten: Set<TopicIDPartition> = []
    ) -> Bool {
        guard asked == epoch else { return false }
        // After the largest number comes 1: 0 would open a session.
        epoch = epoch == .max ? 1 : epoch + 1
        add(added)
        remove(forgotten)
        return true
    }

    private mutating func add(_ added: some Sequence<TopicIDPartition>) {
        for place in added where members.insert(place).inserted { places.append(place) }
    }

    mutating func remove(_ forgotten: Set<TopicIDPartition>) {
        guard !forgotten.isDisjoint(with: members) else { return }
        members.subtract(forgotten)
        places.removeAll { !members.contains($0) }
    }
}
