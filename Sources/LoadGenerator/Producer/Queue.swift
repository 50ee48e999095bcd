/// A batch in the order in which batches were opened: since all linger equally long, that is the
/// order in which their time is up. `generation` tells that the batch went earlier.
struct LingerEntry {
    var ticket: Int
    var generation: Int
    var openedNanos: Int64
}

/// A first-in, first-out queue over one array that is used again once it is empty.
struct Queue<Element> {
    /// Elements already taken that are kept before the rest moves to the front.
    private static var slack: Int { 1_024 }

    private var elements: [Element] = []
    private var head = 0

    var count: Int { elements.count - head }
    var first: Element? { head < elements.count ? elements[head] : nil }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func removeFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= Self.slack, head * 2 >= elements.count {
            elements.removeSubrange(0..<head)
            head = 0
        }
        return element
    }
}
