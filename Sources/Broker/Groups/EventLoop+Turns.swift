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

extension EventLoop {
    /// Calls `body` for one element after the other, each in a turn of the loop of its own once the one before
    /// has its result; then `done` with the results. On the loop, as are the calls with a result.
    func mapInTurns<Element, Result>(
        _ elements: [Element], _ body: @escaping (Element, @escaping (Result) -> Void) -> Void,
        _ done: @escaping ([Result]) -> Void
    ) {
        goOn(Turns(elements, body, done))
    }

    private func goOn<Element, Result>(_ turns: Turns<Element, Result>) {
        guard turns.results.count < turns.elements.count else { return turns.done(turns.results) }
        turns.body(turns.elements[turns.results.count]) { result in
            turns.results.append(result)
            self.assumeIsolated().execute { self.goOn(turns) }
        }
    }
}

/// What `mapInTurns` has done so far. The loop's own.
private final class Turns<Element, Result> {
    let elements: [Element]
    let body: (Element, @escaping (Result) -> Void) -> Void
    let done: ([Result]) -> Void
    var results: [Result] = []

    init(
        _ elements: [Element], _ body: @escaping (Element, @escaping (Result) -> Void) -> Void,
        _ done: @escaping ([Result]) -> Void
    ) {
        self.elements = elements
        self.body = body
        self.done = done
        results.reserveCapacity(elements.count)
    }
}

/// Each costs a few microseconds.
private let elementsPerTurn = 50
