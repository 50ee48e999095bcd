import Testing

@testable import LoadGenerator

@Suite struct ArrivalScheduleTests {
    static let second: Int64 = 1_000_000_000

    static func schedule(_ rate: Rate, producer: Int = 0, of producers: Int = 1) -> ArrivalSchedule
    {
        ArrivalSchedule(rate: rate, producer: producer, of: producers)!
    }

    /// ⌊i · 10⁹ ÷ rate⌋ as a child would write it.
    static func model(_ record: Int64, _ rate: Int64) -> Int64 {
        Int64(Int128(record) * 1_000_000_000 / Int128(rate))
    }

    @Test(arguments: [300_000, 7, 1, 3, 999_999_937, 1_000_000_000] as [Int64])
    func `a constant rate is exact over a billion records`(rate: Int64) {
        let direct = Self.schedule(.constant(.perSecond(Int(rate))))
        // A stride of 999,983 visits the whole billion in a thousand steps of the incremental
        // form, each of which is as long as a million steps of one.
        let stride = 999_983
        var strided = Self.schedule(.constant(.perSecond(Int(rate))), of: stride)
        for step in 0..<Int64(1001) {
            let record = step * Int64(stride)
            let due = strided.next()
            #expect(due == Self.model(record, rate) && due == direct.time(ofRecord: record))
        }
        var consecutive = direct
        for record in 0..<Int64(200_000) {
            guard consecutive.next() == Self.model(record, rate) else {
                Issue.record("record \(record) at \(rate)/s")
                return
            }
        }
        #expect(direct.time(ofRecord: 1_000_000_000) == Self.model(1_000_000_000, rate))
    }

    @Test func `every consecutive record is exact far into the run`() {
        // From record 10⁹ − 50,000 on: a producer of many starts where the others' records end.
        for rate in [300_000, 7] as [Int64] {
            let far: Int64 = 1_000_000_000 - 50_000
            let curve = RateCurve(.constant(.perSecond(Int(rate))))!
            var (segment, end) = curve.segment(ofRecord: far, stride: 1)
            #expect(end == .max)
            for record in far..<(far + 100_000) {
                guard segment.next() == Self.model(record, rate) else {
                    Issue.record("record \(record) at \(rate)/s")
                    return
                }
            }
        }
    }

    @Test func `the aggregate of any number of producers is the profile's stream`() {
        let rates: [Rate] = [
            .constant(.perSecond(7)),
            .constant(RecordRate(records: 10, inNanoseconds: 999_999_999)),
            .steps([
                RateStep(rate: .perSecond(3), duration: .milliseconds(1700)),
                RateStep(rate: .perSecond(0), duration: .milliseconds(100)),
                RateStep(rate: .perSecond(101), duration: .milliseconds(333)),
                RateStep(rate: .perSecond(11), duration: nil),
            ]),
            .ramp(from: .perSecond(1), to: .perSecond(97), over: .seconds(3)),
            .ramp(from: .perSecond(50), to: .perSecond(1), over: .milliseconds(1234)),
        ]
        for rate in rates {
            let whole = Self.schedule(rate)
            for producers in [1, 2, 3, 7, 64] {
                for producer in 0..<producers {
                    var part = Self.schedule(rate, producer: producer, of: producers)
                    for record in stride(from: Int64(producer), to: 400, by: producers) {
                        #expect(part.next() == whole.time(ofRecord: record))
                    }
                }
            }
        }
    }

    @Test func `no debt is dropped when the rate changes`() {
        // 1.5 records in the first step: the half that is left when it ends is due 50 ms into
        // the second, not a full interval later.
        var schedule = Self.schedule(
            .steps([
                RateStep(rate: .perSecond(1), duration: .milliseconds(1500)),
                RateStep(rate: .perSecond(10), duration: nil),
            ]))
        #expect(
            (0..<4).map { _ in schedule.next() } == [
                0, 1_000_000_000, 1_550_000_000, 1_650_000_000,
            ])
    }

    @Test func `a pause delays a complete record to its end`() {
        var schedule = Self.schedule(
            .steps([
                RateStep(rate: .perSecond(0), duration: .seconds(1)),
                RateStep(rate: .perSecond(2), duration: .seconds(1)),
                RateStep(rate: .perSecond(0), duration: .seconds(5)),
                RateStep(rate: .perSecond(1), duration: .seconds(1)),
            ]))
        let times = (0..<5).map { _ in schedule.next() / 100_000_000 }
        #expect(times == [10, 15, 70, 80, 90])
    }

    @Test func `the total of steps is the integral of their rates`() {
        let schedule = Self.schedule(
            .steps([
                RateStep(rate: .perSecond(300_000), duration: .seconds(10)),
                RateStep(rate: .perSecond(7), duration: .seconds(3)),
                RateStep(rate: RecordRate(records: 1, inNanoseconds: 3), duration: .nanoseconds(7)),
                RateStep(rate: .perSecond(1), duration: nil),
            ]))
        #expect(schedule.recordsDue(before: 0) == 0)
        #expect(schedule.recordsDue(before: 1) == 1)
        #expect(schedule.recordsDue(before: 10 * Self.second) == 3_000_000)
        #expect(schedule.recordsDue(before: 13 * Self.second) == 3_000_021)
        // 7 ns at a third of a record a nanosecond: 2⅓ records, so the third has begun.
        #expect(schedule.recordsDue(before: 13 * Self.second + 7) == 3_000_024)
        for record in [0, 2_999_999, 3_000_000, 3_000_020, 3_000_021, 3_000_023, 3_000_024]
            as [Int64]
        {
            let time = schedule.time(ofRecord: record)!
            #expect(schedule.recordsDue(before: time)! == record)
            #expect(schedule.recordsDue(before: time + 1)! == record + 1)
        }
    }

    @Test(arguments: [
        (0, 100_000, 30), (1000, 100_000, 30), (500_000, 3, 7), (7, 7, 1), (0, 1, 86_400),
    ])
    func `a ramp inverts its integral exactly`(from: Int, to: Int, seconds: Int) {
        let rate = Rate.ramp(from: .perSecond(from), to: .perSecond(to), over: .seconds(seconds))
        let schedule = Self.schedule(rate)
        let total = Int64((from + to) * seconds) / 2
        #expect(
            schedule.recordsDue(before: Int64(seconds) * Self.second) == Int64(
                (from + to) * seconds + 1) / 2)
        // The model is the definition: the last nanosecond t with from·t + (to−from)·t²/2D ≤ i,
        // all times 2·D·10⁹ so that it is whole.
        let length = Int128(seconds) * 1_000_000_000
        func isDue(_ record: Int64, at t: Int128) -> Bool {
            2 * length * Int128(from) * t + Int128(to - from) * t * t
                <= Int128(record) * 2 * length * 1_000_000_000
        }
        var generator = RandomGenerator(seed: 11)
        var last: Int64 = 0
        for sample in 0..<2000 {
            let record =
                sample < 100
                ? Int64(sample) % max(total, 1) : Int64(generator.next(below: Int(max(total, 1))))
            let time = Int128(schedule.time(ofRecord: record)!)
            #expect(isDue(record, at: time) && !isDue(record, at: time + 1), "record \(record)")
        }
        var walking = schedule
        for _ in 0..<3000 {
            let time: Int64 = walking.next()
            #expect(time >= last)
            last = time
        }
    }

    @Test func `after a ramp its last rate holds`() {
        let schedule = Self.schedule(
            .ramp(from: .perSecond(0), to: .perSecond(100), over: .seconds(2)))
        #expect(schedule.time(ofRecord: 100) == 2 * Self.second)
        #expect(schedule.time(ofRecord: 150) == 2_500_000_000)
    }

    @Test func `max has no schedule`() {
        #expect(ArrivalSchedule(rate: .max) == nil)
    }

    @Test func `a schedule that no 128 bits can hold is refused by the profile`() {
        let rate = Rate.ramp(
            from: RecordRate(records: 1, inNanoseconds: 999_999_999_989),
            to: RecordRate(records: 1, inNanoseconds: 999_999_999_961), over: .seconds(2_000_000))
        #expect(RateCurve(rate) == nil)
        let faults = ProfileErrorTests.faults(
            "producers: {rate: {ramp: {from: 1.0001/d, to: 999999.999999/s, over: 30d}}}")
        #expect(faults.count == 1 && faults[0].contains("no common measure"), "\(faults)")
    }

    @Test(arguments: [
        Rate.constant(.perSecond(7_001)), .poisson(.perSecond(7_001)),
        .ramp(from: .perSecond(0), to: .perSecond(9_000), over: .seconds(2)),
        .steps([
            RateStep(rate: .perSecond(4_000), duration: .milliseconds(700)),
            RateStep(rate: .perSecond(0), duration: .milliseconds(300)),
            RateStep(rate: .perSecond(13), duration: nil),
        ]),
    ])
    func `overdue records are counted as going through them would`(rate: Rate) {
        let (start, warmup): (Int64, Int64) = (5_000, 500_000_000)
        for (records, end) in [(UInt64.max, start + 3 * Self.second), (1_234, .max)] {
            for (producer, taken) in [(0, 0), (2, 1), (1, 400)] {
                var arrivals = Arrivals(
                    schedule: ArrivalSchedule(rate: rate, producer: producer, of: 3, seed: 1),
                    limits: Arrivals.Limits(
                        startNanos: start, measuredFromNanos: start + warmup, endNanos: end,
                        measuredRecords: records))
                for _ in 0..<taken { arrivals.advance() }
                for now in [0, start, start + 1, start + warmup, start + 9 * Self.second] {
                    var rest = arrivals
                    var count: UInt64 = 0
                    while let due = rest.nextDue, due <= now {
                        count += 1
                        rest.advance()
                    }
                    #expect(arrivals.overdueRecords(at: now) == count)
                }
            }
        }
    }
}
