import NIOCore

extension EventLoop {
    /// Calls `body` for each element, a few in each turn of the loop, so that others have their
    /// turns between; then `done` with the results. On the loop; what there is for the first turn
    /// is done at once.
    func map<Element, Result>(
        _ elements: [Element], _ body: @escaping (Element) -> Result,
        _ done: @escaping ([Result]) -> Void = { (_: [Result]) in }
    ) {
        var results: [Result] = []
        results.reserveCapacity(elements.count)
        goOn(elements[...], results, body, done)
    }

    private func goOn<Element, Result>(
        _ elements: ArraySlice<Element>, _ soFar: [Result], _ body: @escaping (Element) -> Result,
        _ done: @escaping ([Result]) -> Void
    ) {
        let results = soFar + elements.prefix(elementsPerTurn).map(body)
        let rest = elements.dropFirst(elementsPerTurn)
        guard !rest.isEmpty else { return done(results) }
        assumeIsolated().execute { self.goOn(rest, results, body, done) }
    }
}

/// Each costs a few microseconds.
private let elementsPerTurn = 50
