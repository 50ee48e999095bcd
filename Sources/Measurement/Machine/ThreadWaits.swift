import Glibc

/// How long threads of this process have run, and how long they were ready and waited for a core
/// (`/proc/self/task/*/schedstat`).
public struct ThreadWaits: Sendable, Equatable {
    public struct Thread: Sendable, Equatable {
        public var runNanos: Int64
        public var waitNanos: Int64
        /// The beginning of its name, by which it was asked for.
        public var kind: String

        public init(runNanos: Int64, waitNanos: Int64, kind: String = "") {
            self.runNanos = runNanos
            self.waitNanos = waitNanos
            self.kind = kind
        }
    }

    /// By the thread's number.
    public var threads: [Int: Thread]

    public init(threads: [Int: Thread] = [:]) {
        self.threads = threads
    }

    /// The threads whose names begin with one of these.
    public static func now(named prefixes: [String]) -> ThreadWaits {
        var threads: [Int: Thread] = [:]
        for name in SystemFile.names(in: "/proc/self/task") {
            guard let number = Int(name),
                let comm = SystemFile.read("/proc/self/task/\(name)/comm"),
                let kind = prefixes.first(where: comm.hasPrefix),
                var thread = SystemFile.read("/proc/self/task/\(name)/schedstat")
                    .flatMap(Thread.init(schedstat:))
            else { continue }
            thread.kind = kind
            threads[number] = thread
        }
        return ThreadWaits(threads: threads)
    }

    /// Takes over later figures; threads that have ended keep their last ones.
    public mutating func update(_ later: ThreadWaits) {
        threads.merge(later.threads) { $1 }
    }

    /// CPU time since `earlier` of all threads of a kind; nil without one.
    public func runNanos(of kind: String, since earlier: ThreadWaits) -> Int64? {
        let own = threads.filter { $0.value.kind == kind }
        guard !own.isEmpty else { return nil }
        return own.reduce(0) { sum, thread in
            sum + max(thread.value.runNanos - (earlier.threads[thread.key]?.runNanos ?? 0), 0)
        }
    }

    /// The share of the time since `earlier`, in which the threads ran or were ready, that they
    /// waited for a core, 0…100; nil if they did neither.
    public func waitPercent(since earlier: ThreadWaits) -> Double? {
        var (run, wait) = (Int64(0), Int64(0))
        for (number, thread) in threads {
            let before = earlier.threads[number] ?? Thread(runNanos: 0, waitNanos: 0)
            run += max(thread.runNanos - before.runNanos, 0)
            wait += max(thread.waitNanos - before.waitNanos, 0)
        }
        return run + wait > 0 ? 100 * Double(wait) / Double(run + wait) : nil
    }
}

extension ThreadWaits.Thread {
    /// `run wait timeslices`, the first two in nanoseconds.
    init?(schedstat text: String) {
        let words = text.split(whereSeparator: \.isWhitespace).compactMap { Int64($0) }
        guard words.count == 3 else { return nil }
        self.init(runNanos: words[0], waitNanos: words[1])
    }
}
