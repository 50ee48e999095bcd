import NIOCore

/// The order in which the answers of one connection leave it, and whether it may take another
/// request.
///
/// A slot is opened for each request when it is taken and filled when its answer is ready, in any
/// order; `next` hands answers out in the order of the requests. After a request that is to be done
/// before the next, none is taken until its answer is ready. A pure state machine: whoever drives
/// it writes what it hands out and tells it when that was written.
struct ResponseOrder<Answer> {
    /// Names the place of one request.
    struct Slot: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    /// So many requests may wait for their answers.
    let maxInFlight: Int
    /// While more bytes of answers than this are unwritten, no request is taken.
    let maxUnwrittenByteCount: Int

    private enum Place {
        case waiting
        case filled(Answer)
    }

    private var places = CircularBuffer<Place>(initialCapacity: 4)
    private var firstNumber: UInt64 = 0
    /// The request that the next one waits for.
    private var awaited: Slot?
    /// The request that the next one waits for until it is released, answered or not.
    private var held: Slot?
    private(set) var unwrittenByteCount = 0

    init(maxInFlight: Int, maxUnwrittenByteCount: Int) {
        self.maxInFlight = maxInFlight
        self.maxUnwrittenByteCount = maxUnwrittenByteCount
    }

    /// Requests whose answers were not handed out.
    var inFlight: Int { places.count }

    /// Whether a handler still owes an answer.
    var isWaiting: Bool {
        places.contains { place in
            if case .waiting = place { true } else { false }
        }
    }

    var mayTakeRequest: Bool {
        places.count < maxInFlight && unwrittenByteCount <= maxUnwrittenByteCount
            && awaited == nil && held == nil
    }

    mutating func open() -> Slot {
        places.append(.waiting)
        return Slot(number: firstNumber + UInt64(places.count - 1))
    }

    /// Opens the slot of a request that is to be done before the next one is taken.
    mutating func openAwaited() -> Slot {
        let slot = open()
        awaited = slot
        return slot
    }

    /// No request is taken before the one of this slot, the last that was taken, is released.
    mutating func hold(for slot: Slot) {
        assert(slot.number + 1 == firstNumber + UInt64(places.count))
        held = slot
    }

    mutating func release(_ slot: Slot) {
        if slot == held { held = nil }
    }

    /// Takes an answer of so many bytes. False, and nothing happens, where the slot has one
    /// already.
    @discardableResult
    mutating func fill(_ slot: Slot, _ answer: Answer, byteCount: Int) -> Bool {
        guard slot.number >= firstNumber else { return false }
        let index = places.index(places.startIndex, offsetBy: Int(slot.number - firstNumber))
        guard case .waiting = places[index] else { return false }
        places[index] = .filled(answer)
        unwrittenByteCount += byteCount
        if slot == awaited { awaited = nil }
        return true
    }

    /// The next answer whose turn it is, nil while that one is not ready.
    mutating func next() -> Answer? {
        guard case .filled(let answer) = places.first else { return nil }
        places.removeFirst()
        firstNumber += 1
        return answer
    }

    mutating func didWrite(byteCount: Int) {
        unwrittenByteCount -= byteCount
        assert(unwrittenByteCount >= 0)
    }
}
