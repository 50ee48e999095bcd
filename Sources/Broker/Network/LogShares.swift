import NIOCore

/// How many lines of the log one may cause in a window of time, and how many all together: who causes many hides no
/// other's, and everybody together does not fill the disk. A value with one owner.
struct LogShares<Owner: Hashable & Sendable>: Sendable {
    private let window: TimeAmount
    private let linesPerOwner: Int
    private let linesOfAll: Int
    private var windowEnd = NIODeadline.uptimeNanoseconds(0)
    /// Of those who have caused any in this window.
    private var written: [Owner: Int] = [:]
    private var writtenByAll = 0
    private var omitted = 0

    init(window: TimeAmount, linesPerOwner: Int, linesOfAll: Int) {
        self.window = window
        self.linesPerOwner = linesPerOwner
        self.linesOfAll = linesOfAll
    }

    /// Begins another window where the last one is over, and returns how many lines were left out in that one; nil
    /// where it is not over.
    mutating func beginWindow(now: NIODeadline) -> Int? {
        guard now >= windowEnd else { return nil }
        defer { omitted = 0 }
        windowEnd = now + window
        written.removeAll(keepingCapacity: true)
        writtenByAll = 0
        return omitted
    }

    /// Whether another line may be written; one that may not counts as left out.
    mutating func take(_ owner: Owner) -> Bool {
        guard writtenByAll < linesOfAll, written[owner, default: 0] < linesPerOwner else {
            omit()
            return false
        }
        writtenByAll += 1
        written[owner, default: 0] += 1
        return true
    }

    mutating func omit() { omitted += 1 }
}
