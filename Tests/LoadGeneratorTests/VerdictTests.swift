import Measurement
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("The verdict of a run")
struct VerdictTests {
    /// Ten seconds at 1,000 records a second, of which nothing can be said against.
    private func flawless() -> RunResult {
        var producers = ProducerTally()
        producers.sentRecords = 10_000
        producers.ackedRecords = 10_000
        var hiccups = LatencyHistogram()
        hiccups.record(50_000)
        var group = RunResult.Group(
            group: "g", tally: ConsumerTally(), audit: AuditCounts(), maxLagRecords: 0,
            maxLagNanos: 0, measuredNanos: 10_000_000_000)
        group.tally.records = 10_000
        return RunResult(
            startedUnixNanos: 0, warmupNanos: 0, windowNanos: 10_000_000_000,
            measuredNanos: 10_000_000_000, sendingNanos: 10_000_000_000, isClosedLoop: false,
            unsentRecords: 0,
            producers: producers, groups: [group],
            drain: .init(nanos: 1, records: 0),
            usage: WorkerUsage(), ackedRates: Array(repeating: 1_000, count: 10),
            machine: .init(stealPercent: 0), hiccups: hiccups, largestStalls: [], failures: [],
            wasStopped: false, notes: [])
    }

    private func verdict(
        rate: Rate = .constant(.perSecond(1_000)), _ change: (inout RunResult) -> Void
    ) -> (Verdict, [String]) {
        var result = flawless()
        change(&result)
        return Judge(result: result, rates: [rate]).verdict()
    }

    @Test func `a flawless run is valid`() {
        #expect(verdict { _ in }.0 == .valid)
    }

    @Test func `every fault of the audit makes a run invalid, and is named`() {
        let place = RecordPlace(
            partition: TopicPartition(topic: "orders", partition: 2), offset: Offset(512),
            producer: 1, sequence: 500)
        for fault in AuditFault.allCases {
            let (verdict, reasons) = verdict { $0.groups[0].audit.add(3, fault, at: place) }
            #expect(verdict == .invalid)
            let what = fault == .lost ? "acknowledged records" : "records"
            #expect(
                reasons == [
                    "3 \(what) were \(fault.rawValue), the first: "
                        + "orders-2, offset 512, producer 1, sequence 500"
                ])
        }
    }

    @Test func `what failed in the background is a reason to doubt the run`() {
        let (verdict, reasons) = verdict {
            $0.backgroundFaults = ["background work failed: retention of orders-0: no space."]
        }
        #expect(verdict == .suspect)
        #expect(reasons == ["background work failed: retention of orders-0: no space"])
    }

    @Test func `a rate that had not settled is told as from what to what it went`() {
        let (verdict, reasons) = verdict {
            $0.ackedRates = Array(repeating: 1_000, count: 10) + Array(repeating: 90.4, count: 20)
        }
        #expect(verdict == .suspect)
        #expect(
            reasons == [
                "the rate had not settled: it fell from 1000 to 90 records a second, the medians of "
                    + "its first and last third"
            ])
        let (_, rising) = self.verdict {
            $0.ackedRates = (0..<30).map { 100 + 10 * Double($0) }
        }
        #expect(rising.first?.contains("it rose from 145 to 345 records") == true)
        let (_, nothing) = self.verdict { $0.ackedRates = Array(repeating: 0, count: 10) + [1] }
        #expect(nothing.first?.hasSuffix("in most intervals no record was acknowledged") == true)
    }

    @Test func `records of other runs are no fault`() {
        #expect(verdict { $0.groups[0].audit.foreign = 5 }.0 == .valid)
    }

    @Test func `a share group that others were in makes a run suspect`() {
        let (verdict, reasons) = verdict {
            $0.groups[0].otherMembers = OtherMembers(
                count: 2, clientID: "orders", clientHost: "/10.0.0.7")
            $0.groups[0].audit.takenByOthers = 512
        }
        #expect(verdict == .suspect)
        #expect(
            reasons == [
                "the share group g had members beside this run's (2, such as orders at /10.0.0.7), and 512 "
                    + "acknowledged records came to none of this run's: those have taken them, or they are "
                    + "lost (end them, or choose another name, and run again)"
            ])
    }

    @Test func `a share group that others may have been in is suspect if records are missing`() {
        let (verdict, reasons) = verdict {
            $0.groups[0].otherMembers = .unseen
            $0.groups[0].audit.takenByOthers = 512
        }
        #expect(verdict == .suspect)
        #expect(
            reasons == [
                "the share group g perhaps had members beside this run's that nobody saw (its epoch rose, and none "
                    + "of this run's members had left or joined), and 512 acknowledged records came to none of this "
                    + "run's: those have taken them, or they are lost (end them, or choose another name, and run "
                    + "again)"
            ])
        #expect(self.verdict { $0.groups[0].otherMembers = .unseen }.0 == .valid)
    }

    @Test func `refused records, an unfinished drain and an empty window make a run invalid`() {
        #expect(verdict { $0.producers.failedRecords = 1 }.0 == .invalid)
        #expect(verdict { $0.drain?.unreadRecords = 1 }.0 == .invalid)
        #expect(verdict { $0.producers.ackedRecords = 0 }.0 == .invalid)
        #expect(verdict { $0.failures = ["no space left"] }.1 == ["no space left"])
        // An error is a sentence, a reason a part of one.
        #expect(verdict { $0.failures = ["No space left."] }.1 == ["No space left"])
    }

    @Test func `a drain that the user cut short makes a run suspect`() {
        let (verdict, reasons) = verdict {
            $0.drain?.unreadRecords = 7
            $0.drain?.wasCut = true
        }
        #expect(verdict == .suspect)
        #expect(reasons.first?.contains("the user cut the drain short: 7 records") == true)
    }

    @Test func `an interruption makes a run suspect, says when, and whatever was the limit`() {
        func interrupted(_ interruption: Interruption) -> (Verdict, [String]) {
            self.verdict { result in
                result.interruption = interruption
                result.wasStopped = true
                // The generator was the limit until then.
                result.isClosedLoop = true
                result.usage.wallNanos = 10_000_000_000
                result.usage.targetNanos = 2_000_000_000
            }
        }
        let (verdict, reasons) = interrupted(
            Interruption(phase: .run, afterNanos: 2_140_000_000, plannedNanos: 30_000_000_000))
        #expect(verdict == .suspect)
        #expect(reasons.first == "the run was interrupted after 2.1 of 30 s")
        #expect(reasons.count == 2)
        #expect(
            interrupted(Interruption(phase: .run, afterNanos: 5_960_000_000)).1.first
                == "the run was interrupted after 6 s")
    }

    @Test
    func `a run that was interrupted in its warm-up has measured nothing, and is not invalid`() {
        let (verdict, reasons) = self.verdict { result in
            result.interruption = Interruption(
                phase: .warmup, afterNanos: 3_000_000_000, plannedNanos: 10_000_000_000)
            result.wasStopped = true
            result.producers.ackedRecords = 0
            result.measuredNanos = 0
        }
        #expect(verdict == .suspect)
        #expect(
            reasons == [
                "the run was interrupted in its warm-up, after 3 of 10 s: nothing was measured"
            ])
    }

    @Test func `a threshold that ended a run is no interruption`() {
        let (verdict, reasons) = verdict { $0.wasStopped = true }
        #expect(verdict == .valid)
        #expect(reasons.isEmpty)
    }

    @Test func `records that were due and never sent are told, with the grace that was over`() {
        let (verdict, reasons) = self.verdict { result in
            result.unsentRecords = 30_000
            result.sendGraceNanos = 5_000_000_000
        }
        #expect(verdict == .generatorBound || verdict == .suspect)
        #expect(
            reasons.last
                == "30000 records were due and never sent: sending ended 5s after the run's "
                + "duration (send.grace)")
        // Whatever ends a run comes between some record's time and its sending.
        #expect(self.verdict { ($0.unsentRecords, $0.wasStopped) = (100, true) }.0 == .valid)
        let (_, stopped) = self.verdict { ($0.unsentRecords, $0.wasStopped) = (200, true) }
        #expect(stopped == ["200 records were due and not sent when the run ended"])
    }

    @Test func `an invalid run says what else was wrong`() {
        let (verdict, reasons) = verdict { result in
            result.producers.sentRecords = 0
            result.producers.ackedRecords = 0
            result.unsentRecords = 10_000
        }
        #expect(verdict == .invalid)
        #expect(reasons.contains { $0.contains("10000 records were due and never sent") })
    }

    @Test func `a generator that is late by itself bounds the run`() {
        let (verdict, reasons) = verdict { result in
            result.sendingNanos = 20_000_000_000
            result.usage.wallNanos = 20_000_000_000
            result.usage.targetNanos = 1_000_000_000
        }
        #expect(verdict == .generatorBound)
        #expect(reasons[0].contains("50 %"))
    }

    @Test func `a target that makes the generator late does not blame the generator`() {
        let (verdict, reasons) = verdict { result in
            result.sendingNanos = 20_000_000_000
            result.usage.wallNanos = 20_000_000_000
            result.usage.blockedNanos = 18_000_000_000
        }
        #expect(verdict == .suspect)
        #expect(reasons[0].contains("not sustained"))
    }

    @Test func `a worker's time asleep with nothing due is neither side's`() {
        let (verdict, reasons) = verdict { result in
            result.sendingNanos = 20_000_000_000
            result.usage.wallNanos = 20_000_000_000
            result.usage.idleNanos = 15_000_000_000
            result.usage.targetNanos = 3_000_000_000
        }
        #expect(verdict == .suspect)
        #expect(reasons[0].contains("not sustained"))
    }

    @Test func `refused acknowledgements of share groups are a reason to doubt the run`() {
        let (verdict, reasons) = verdict {
            var counts = NetworkCounts()
            counts.refusedAcknowledgements = 12
            $0.network = NetworkUse(
                counts: counts, busiestLoopShare: 0.1, brokers: [], events: [],
                readableRecords: 10_000)
        }
        #expect(verdict == .suspect)
        #expect(reasons.count == 1)
        #expect(reasons[0].hasPrefix("the acknowledgement of 12 records of share groups was"))
        #expect(reasons[0].contains("max.poll.records"))
    }

    @Test func `full sockets make the generator the limit, if records are late for them`() {
        var broker = BrokerUse(nodeID: 3, traffic: BrokerTraffic(), fullShare: 0.95)
        func use() -> NetworkUse {
            NetworkUse(
                counts: NetworkCounts(), busiestLoopShare: 0.1, brokers: [broker], events: [],
                readableRecords: 10_000)
        }
        let (late, reasons) = verdict {
            $0.isClosedLoop = true
            $0.network = use()
        }
        #expect(late == .generatorBound)
        #expect(
            reasons.contains { $0.contains("the sockets to broker 3 could take no more for 95 %") })
        // At its rate it lacks nothing.
        #expect(verdict { $0.network = use() }.0 == .valid)
        broker.fullShare = 0.5
        let (half, _) = verdict {
            $0.isClosedLoop = true
            $0.network = use()
        }
        #expect(half == .valid)
    }

    @Test func `a closed loop that spends its time in the generator says so`() {
        let (verdict, _) = verdict(rate: .max) { result in
            result.isClosedLoop = true
            result.usage.wallNanos = 10_000_000_000
            result.usage.targetNanos = 2_000_000_000
        }
        #expect(verdict == .generatorBound)
    }

    @Test func `stalls, steal, skewed clocks and a drifting rate make a run suspect`() {
        #expect(verdict { $0.hiccups.record(150_000_000) }.0 == .suspect)
        #expect(verdict { $0.machine.stealPercent = 12 }.0 == .suspect)
        #expect(verdict { $0.groups[0].tally.endToEndLatency.record(-5) }.0 == .suspect)
        let climbing = (1...20).map { Double($0) * 100 }
        #expect(verdict { $0.ackedRates = climbing }.0 == .suspect)
        let ramp = Rate.ramp(from: .perSecond(100), to: .perSecond(2_000), over: .seconds(20))
        #expect(verdict(rate: ramp) { $0.ackedRates = climbing }.0 == .valid)
    }

    // MARK: The machine's part

    /// A flawless run whose machine was under some conditions, and its reasons.
    private func suspicions(
        _ change: (inout MachineConditions) -> Void
    ) -> (Verdict, [String]) {
        verdict { change(&$0.machine.conditions) }
    }

    @Test func `a quota that stops the run makes it suspect, one that does not does not`() {
        #expect(suspicions { $0.throttledPercent = 4 }.0 == .valid)
        let (verdict, reasons) = suspicions { $0.throttledPercent = 97.6 }
        #expect(verdict == .suspect)
        #expect(
            reasons == [
                "the CPU quota of its control group stopped the run in 97 % of its periods"
            ])
    }

    @Test
    func `other programs make a run suspect where its threads wait for a core, and are named`() {
        let stress = OtherPrograms.Share(processID: 9, name: "stress", percentOfCore: 98.2)
        // Many cores: nobody waits.
        #expect(
            suspicions {
                $0.otherCPUPercent = 40
                $0.coreWaitPercent = 0.5
                $0.busiestPrograms = [stress]
            }.0 == .valid)
        // Too many threads of its own.
        #expect(
            suspicions {
                $0.otherCPUPercent = 0.5
                $0.coreWaitPercent = 40
            }.0 == .valid)
        let (verdict, reasons) = suspicions {
            $0.otherCPUPercent = 49
            $0.coreWaitPercent = 31
            $0.busiestPrograms = [stress]
        }
        #expect(verdict == .suspect)
        #expect(
            reasons == [
                "other programs used 49 % of the machine's CPU, most of it stress (process 9, 98 % of a "
                    + "core), and the load's threads waited for a core for 31 % of the time in which they "
                    + "could have run"
            ])
    }

    @Test func `another Weir at work is named, one that rests is not`() {
        func busy(_ percent: Double) -> (Verdict, [String]) {
            suspicions {
                $0.busiestPrograms = [
                    .init(processID: 7, name: "weir", percentOfCore: percent)
                ]
            }
        }
        #expect(busy(1).0 == .valid)
        #expect(
            busy(80).1 == [
                "another Weir was at work on the machine: weir (process 7, 80 % of a core)"
            ])
    }

    @Test func `memory, swap, a shared disk and a moved clock are causes of their own`() {
        #expect(suspicions { $0.memoryPressurePercent = 9 }.1[0].contains("waited for memory"))
        #expect(suspicions { $0.swappedPages = 3 }.1 == ["the machine swapped 3 pages"])
        // A disk that is slow without others is the target's.
        #expect(suspicions { $0.ioPressurePercent = 90 }.0 == .valid)
        let shared = suspicions {
            $0.ioPressurePercent = 90
            $0.otherDiskBytes = 200 << 20
        }
        #expect(shared.1[0].contains("others wrote 200 MiB to the disk of the log"))
        // Ten seconds may be slewed by 5 ms.
        #expect(suspicions { $0.clockStepNanos = 5_500_000 }.0 == .valid)
        #expect(suspicions { $0.clockStepNanos = -50_000_000 }.1[0].contains("set back by 50 ms"))
    }

    @Test func `the percentiles that a disturbance is in are named`() {
        let (_, reasons) = verdict { result in
            for latency in 1...1_000 {
                result.producers.responseLatency.record(Int64(latency) * 10_000)
            }
            // Late by 8 ms for two hundredths of the time.
            result.hiccups = LatencyHistogram()
            result.hiccups.record(60_000, count: 980)
            result.hiccups.record(8_000_000, count: 20)
            result.machine.conditions.throttledPercent = 50
        }
        #expect(
            reasons.last
                == "much of p99, p99.9 of the response latency is the machine's own lateness, which a thread "
                + "beside the load had as well")
        // Without a cause, a thread beside a load is late because of the load.
        #expect(
            verdict { result in
                result.producers.responseLatency.record(1_000)
                result.hiccups.record(8_000_000)
            }.1 == [])
    }
}
