import Foundation
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("A consumer that works and pauses")
struct WorkingConsumerTests {
    private func profile(_ group: String) throws -> Profile {
        try Profile(yaml: "consumers: [{group: g, \(group)}]")
    }

    @Test(
        "is set in a profile, which is read back as it was",
        arguments: [
            ("service.time: 200us", ServiceTime.fixed(.microseconds(200)), nil),
            ("service.time: {exponential: 1ms}", .exponential(mean: .milliseconds(1)), nil),
            (
                "service.time: {lognormal: {median: 1ms, sigma: 0.5}}",
                .lognormal(median: .milliseconds(1), sigma: 0.5), nil
            ),
            (
                "pause: {every: 30s, for: 5s}", nil,
                .regular(every: .seconds(30), length: .seconds(5))
            ),
            ("pause: {backlog: 100k}", nil, .backlog(records: 100_000)),
        ] as [(String, ServiceTime?, ConsumerPause?)])
    func settings(text: String, service: ServiceTime?, pause: ConsumerPause?) throws {
        let read = try profile(text)
        #expect(read.consumers[0].serviceTime == service)
        #expect(read.consumers[0].pause == pause)
        #expect(try Profile(yaml: read.resolvedYAML()).consumers == read.consumers)
    }

    @Test(
        "is refused where its times make no sense",
        arguments: [
            ("pause: {every: 5s, for: 5s}", "shorter than the round"),
            ("pause: {every: 5s}", "expected either"),
            ("service.time: {uniform: 1ms}", "unknown key 'uniform'"),
        ])
    func refusals(text: String, words: String) {
        let faults = ProfileErrorTests.faults("{consumers: [{group: g, \(text)}]}")
        #expect(faults.contains { $0.contains(words) }, "\(faults)")
    }

    @Test("takes the times of its distribution, the same for the same seed")
    func distributions() {
        func draws(_ time: ServiceTime, worker: Int = 0) -> [Int64] {
            var sampler = ServiceTimeSampler(time, seed: 1, worker: worker)
            return (0..<20_000).map { _ in sampler.next() }
        }
        #expect(Set(draws(.fixed(.milliseconds(2)))) == [2_000_000])
        let exponential = draws(.exponential(mean: .milliseconds(1)))
        #expect(abs(exponential.reduce(0, +) / 20_000 - 1_000_000) < 20_000)
        #expect(exponential == draws(.exponential(mean: .milliseconds(1))))
        #expect(exponential != draws(.exponential(mean: .milliseconds(1)), worker: 1))
        let lognormal = draws(.lognormal(median: .milliseconds(1), sigma: 0.5)).sorted()
        #expect(abs(lognormal[10_000] - 1_000_000) < 20_000)
        // A standard deviation above the median.
        #expect(abs(Double(lognormal[16_827]) / 1e6 - exp(0.5)) < 0.05)
    }

    @Test("begins a record when those before are done, and sleeps through what is worth it")
    func work() {
        var slept: [Int64] = []
        let sampler = ServiceTimeSampler(.fixed(.microseconds(60)), seed: 1, worker: 0)
        var service = RecordService(sampler) { slept.append($0) }
        #expect(service.work(on: 1, now: 1_000) == [1_000])
        #expect(slept == [])
        // It still has to do the first one.
        #expect(service.work(on: 3, now: 21_000) == [61_000, 121_000, 181_000])
        #expect(slept == [241_000])
        #expect(service.work(on: 1, now: 900_000) == [900_000])
    }

    @Test("has the latency of its work, and everything in the end")
    func run() throws {
        var profile = Simulation.profile(rate: .max, duration: .zero, batchSize: 1_024)
        profile.records = 200
        profile.interval = .seconds(3_600)
        profile.consumers = try self.profile("service.time: 200us").consumers
        let result = try LoadRun(
            profile: profile, target: MemoryTarget(), pool: try PayloadPool.prepare(for: profile),
            directory: NSTemporaryDirectory()
        ).run { _ in }
        #expect(result.audit == AuditCounts())
        #expect(result.groups[0].tally.records == 200)
        // All came at once, and the last waited for 199 others.
        #expect(result.groups[0].tally.endToEndLatency.maximum > 199 * 200_000 / 2)
    }

    @Test("is told to have paused, also if it reads again by the end of the interval")
    func tellsPauses() {
        let board = GroupBoard(group: "a", positions: [], isPaused: false)
        #expect(!board.takePaused())
        board.pause()
        board.resume()
        #expect(board.takePaused())
        #expect(!board.takePaused())
        board.pause()
        #expect(board.takePaused() && board.takePaused())
    }

    @Test("pauses for a part of each round")
    func regular() throws {
        let board = GroupBoard(group: "g", positions: [.zero], isPaused: false)
        let pauses = ConsumerPauses(
            try profile("pause: {every: 10s, for: 3s}"), boards: [board], target: MemoryTarget(),
            start: 100)
        for (second, isPaused) in [(0, false), (6, false), (7, true), (9, true), (10, false)] {
            let wakes = pauses.tick(at: 100 + Int64(second) * 1_000_000_000)
            #expect(board.isPaused == isPaused, "at \(second) s")
            #expect(wakes == (second == 10))
        }
    }

    @Test("pauses until so many records wait, and then reads them all")
    func backlog() throws {
        let target = MemoryTarget()
        let board = GroupBoard(group: "g", positions: [.zero], isPaused: false)
        let pauses = ConsumerPauses(
            try profile("pause: {backlog: 5}"), boards: [board], target: target, start: 0)
        func tick(stored: Int64, read: Int64) -> Bool {
            target.state.withLock { $0.nextOffsets[0] = [Offset(stored)] }
            board.advance(0, to: Offset(read), nextEntry: 0)
            _ = pauses.tick(at: 0)
            return board.isPaused
        }
        #expect(tick(stored: 0, read: 0))
        #expect(tick(stored: 4, read: 0))
        #expect(!tick(stored: 6, read: 0))
        #expect(!tick(stored: 9, read: 8))
        #expect(tick(stored: 9, read: 9))
    }
}
