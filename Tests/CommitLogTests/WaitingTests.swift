import Glibc
import RecordFormat
import Synchronization
import Testing

@testable import CommitLog

private final class Counter: Sendable {
    let count = Atomic<Int>(0)
    func increment() { count.add(1, ordering: .sequentiallyConsistent) }
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
}

@Suite struct `Waiting for more` {
    @Test func `a callback fires once, when the record is there`() throws {
        let log = try TestLog()
        let calls = Counter()
        #expect(log.partition.whenMore(than: Offset(1)) { calls.increment() } != nil)
        try log.partition.append("a")
        #expect(calls.value == 0)
        try log.partition.append("b")
        #expect(calls.value == 1)
        try log.partition.append("c")
        #expect(calls.value == 1)
    }

    @Test func `there is nothing to wait for where the record is there already`() throws {
        let log = try TestLog()
        try log.partition.append("a")
        let calls = Counter()
        #expect(log.partition.whenMore(than: .zero) { calls.increment() } == nil)
        #expect(log.partition.waitForMore(than: .zero, timeout: .zero))
        #expect(calls.value == 0)
    }

    @Test func `the callback may read what woke it`() throws {
        let log = try TestLog()
        let partition = log.partition
        let seen = LockedValue<[String]>([])
        _ = partition.whenMore(than: .zero) {
            let values = (try? partition.values()) ?? []
            seen.change { $0 = values }
        }
        try partition.append("a")
        #expect(seen.value == ["a"])
    }

    @Test func `a cancelled callback does not fire`() throws {
        let log = try TestLog()
        let calls = Counter()
        let token = try #require(log.partition.whenMore(than: .zero) { calls.increment() })
        #expect(log.partition.cancel(token))
        #expect(!log.partition.cancel(token))
        try log.partition.append("a")
        #expect(calls.value == 0)
    }

    @Test func `a blocked thread wakes with the append, with the close, or in time`() throws {
        let log = try TestLog()
        let partition = log.partition
        #expect(!partition.waitForMore(than: .zero, timeout: .milliseconds(1)))
        let waiter = WorkerThread(name: "waiter")
        let woken = Counter()
        waiter.start { nil }
        waiter.submit {
            if partition.waitForMore(than: .zero, timeout: .seconds(60)) { woken.increment() }
        }
        waiter.submit {
            if !partition.waitForMore(than: Offset(9), timeout: .seconds(60)) { woken.increment() }
        }
        while partition.view.withLock({ $0.waiters.isEmpty }) { sched_yield() }
        try partition.append("a")
        while partition.view.withLock({ $0.waiters.isEmpty }) { sched_yield() }
        try log.directory.close()
        waiter.stop()
        #expect(woken.value == 2)
    }

    @Test func `a task wakes with the append, with the close and with its cancellation`()
        async throws
    {
        let log = try TestLog()
        let partition = log.partition
        func suspended(_ offset: Int64) async -> Task<Bool, Never> {
            let task = Task { await partition.waitForMore(than: Offset(offset)) }
            while partition.view.withLock({ $0.waiters.isEmpty }) { await Task.yield() }
            return task
        }
        let first = await suspended(0)
        try partition.append("a")
        #expect(await first.value)
        let cancelled = await suspended(5)
        cancelled.cancel()
        #expect(await cancelled.value == false)
        while !partition.view.withLock({ $0.waiters.isEmpty }) { await Task.yield() }
        let closed = await suspended(5)
        try log.directory.close()
        #expect(await closed.value == false)
    }
}
