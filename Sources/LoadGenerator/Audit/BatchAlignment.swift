/// Matches the records of a batch that arrived with those that were sent in it, if they differ.
/// Records are identified by their checks.
struct BatchAlignment {
    /// For each record that arrived its place in the sent batch; nil if it was not in it.
    private(set) var places: [Int?]
    /// Records that arrived in the place of another one, with another value.
    private(set) var corrupt: Set<Int> = []
    /// Places in the sent batch of records that did not arrive.
    private(set) var missing: [Int] = []

    /// - Parameter isRenumbered: whether the batch has another number of offsets than the sent one;
    ///   then offsets do not give a record's place.
    init(_ visited: borrowing VisitedRecords, with entry: LedgerEntry, isRenumbered: Bool) {
        places = Array(repeating: nil, count: visited.count)
        var isTaken = Array(repeating: false, count: entry.recordCount)
        var free: [UInt16: [Int]] = [:]

        // Records in their own places.
        if !isRenumbered {
            for record in places.indices {
                let place = visited.offsetDelta(record)
                guard isTaken.indices.contains(place),
                    unsafe entry.checks[place] == visited.checks.elements[record]
                else { continue }
                places[record] = place
                isTaken[place] = true
            }
        }
        for place in isTaken.indices.reversed() where !isTaken[place] {
            free[unsafe entry.checks[place], default: []].append(place)
        }

        // Records that moved: in order if possible; a renumbered batch may have one twice.
        var all: [UInt16: Int] = [:]
        for place in isTaken.indices where isRenumbered { all[unsafe entry.checks[place]] = place }
        for record in places.indices where places[record] == nil {
            let check = unsafe visited.checks.elements[record]
            if let place = free[check]?.popLast() {
                places[record] = place
                isTaken[place] = true
            } else {
                places[record] = all[check]
            }
        }

        // Values that no sent record had: corrupt, if the record that belongs there is missing.
        for record in places.indices where places[record] == nil {
            let before = record > 0 ? places[record - 1] : -1
            let place = isRenumbered ? before.map { $0 + 1 } : visited.offsetDelta(record)
            guard let place, isTaken.indices.contains(place), !isTaken[place] else { continue }
            places[record] = place
            isTaken[place] = true
            corrupt.insert(record)
        }
        missing = isTaken.indices.filter { !isTaken[$0] }
    }
}
