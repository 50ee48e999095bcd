import Synchronization

/// Calls `body` for each index below `count`, on a few threads, and returns the outcomes in the
/// order of the indexes.
///
/// Several calls that wait for the disk run at once, so that the filesystem can commit them
/// together.
func concurrentMap<Element: Sendable>(
    count: Int, threadCount: Int,
    _ body: @escaping @Sendable (Int) throws(LogError) -> Element
) -> [Result<Element, LogError>] {
    let progress = MapProgress<Element>(count: count)
    // Each thread gets so many indexes at least: starting it for fewer costs more.
    let usefulThreadCount = (count + indexesPerThread - 1) / indexesPerThread
    runConcurrently(threadCount: min(threadCount, usefulThreadCount)) {
        while let index = progress.takeIndex() {
            let result: Result<Element, LogError>
            do throws(LogError) {
                result = .success(try body(index))
            } catch {
                result = .failure(error)
            }
            progress.results.withLock { $0[index] = result }
        }
    }
    return progress.results.withLock { results in
        results.map { result in
            guard let result else { preconditionFailure("an index was skipped") }
            return result
        }
    }
}

private let indexesPerThread = 8

/// What the threads of one map share.
private final class MapProgress<Element: Sendable>: Sendable {
    private let next = Atomic<Int>(0)
    private let count: Int
    let results: Locked<[Result<Element, LogError>?]>

    init(count: Int) {
        self.count = count
        results = Locked(Array(repeating: nil, count: count))
    }

    func takeIndex() -> Int? {
        let index = next.add(1, ordering: .relaxed).oldValue
        return index < count ? index : nil
    }
}
