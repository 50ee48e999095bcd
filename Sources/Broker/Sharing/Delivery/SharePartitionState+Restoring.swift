import RecordFormat

// What is written down, and read again at a start.

extension SharePartitionState {
    /// All that a restart must know; what is acquired is available then. Of what is done it is not
    /// kept how it came to be: all of it is written as acknowledged.
    var snapshot: [DeliveryChange] {
        var changes: [DeliveryChange] = []
        for run in runs.all where run.isDone || run.deliveryCount > 0 {
            // The delivery that is under way is not told of, as in Kafka.
            let count = run.lockedUntilMs == nil ? run.deliveryCount : run.deliveryCount - 1
            if !run.isDone, count == 0 { continue }
            DeliveryChange.add(
                DeliveryChange(
                    first: run.first, last: run.end - 1,
                    state: run.isDone ? .acknowledged : .available, deliveryCount: count),
                to: &changes)
        }
        return changes
    }

    /// Applies what a record says to the state as it was read so far: nobody has acquired anything.
    /// False where the changes are none that anybody can have written.
    mutating func restore(start newStart: Int64?, _ changes: [DeliveryChange]) -> Bool {
        let begin = max(newStart ?? start, start)
        var walk = DeliveryRunWalk(runs, from: start)
        var position = begin
        walk.keep(before: begin)
        for change in changes where change.last >= begin {
            let first = max(change.first, begin)
            guard first >= position, change.last >= first, change.last < .max,
                change.deliveryCount >= 0
            else { return false }
            walk.keep(before: first)
            var run = DeliveryRun(
                first: first, end: change.last + 1, state: .available,
                deliveryCount: change.deliveryCount)
            if change.state != .available { run.finish() }
            walk.overwrite(by: run)
            position = change.last + 1
        }
        set(walk.finished())
        moveStart(to: begin)
        return true
    }
}
