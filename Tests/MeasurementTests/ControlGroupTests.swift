import Foundation
import Testing

@testable import Measurement

@Suite("A control group's limits")
struct ControlGroupTests {
    private let version1Mounts = """
        30 1 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct
        31 1 0:27 / /sys/fs/cgroup/memory rw,nosuid - cgroup cgroup rw,memory
        32 1 0:28 / /sys/fs/cgroup/pids rw,nosuid - cgroup cgroup rw,pids
        """
    private let version2Mounts = "40 1 0:30 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate"

    private func group(_ files: [String: String], _ directories: [String]) -> ControlGroup {
        var group = ControlGroup()
        for directory in directories { group.tighten(by: directory) { files[$0] } }
        return group
    }

    @Test func `of version 1 are found below the mount of each controller`() {
        let groups = "5:pids:/a\n4:cpu,cpuacct:/jobs/7\n3:memory:/\n1:name=systemd:/"
        #expect(
            ControlGroup.directories(groups: groups, mounts: version1Mounts) == [
                "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct/jobs",
                "/sys/fs/cgroup/cpu,cpuacct/jobs/7", "/sys/fs/cgroup/memory",
            ])
    }

    @Test func `of version 2 are found from the root down`() {
        #expect(
            ControlGroup.directories(groups: "0::/user.slice/unit", mounts: version2Mounts) == [
                "/sys/fs/cgroup", "/sys/fs/cgroup/user.slice", "/sys/fs/cgroup/user.slice/unit",
            ])
    }

    @Test func `of a container, whose own group is the mount's root, are found`() {
        let mounts = "40 1 0:30 /docker/ab /sys/fs/cgroup ro - cgroup2 cgroup rw"
        #expect(
            ControlGroup.directories(groups: "0::/docker/ab", mounts: mounts)
                == ["/sys/fs/cgroup"])
    }

    @Test func `are the tightest of those above each other`() {
        let group = group(
            [
                "/a/cpu.max": "150000 100000\n", "/a/memory.max": "max\n",
                "/a/b/cpu.max": "max 100000\n", "/a/b/memory.max": "1048576\n",
                "/a/cpu.stat": "usage_usec 5\nnr_periods 40\nnr_throttled 10\nthrottled_usec 9\n",
                "/a/b/cpu.stat": "nr_periods 0\nnr_throttled 0\n",
            ], ["/a", "/a/b"])
        #expect(group.cpuQuotaCores == 1.5)
        #expect(group.memoryLimitBytes == 1 << 20)
        #expect(group.throttling == .init(periods: 40, throttledPeriods: 10))
    }

    @Test func `of version 1 are read, and no limit is none`() {
        let limited = group(
            [
                "/c/cpu.cfs_quota_us": "20000\n", "/c/cpu.cfs_period_us": "100000\n",
                "/c/memory.limit_in_bytes": "9223372036854771712\n",
                "/c/cpu.stat": "nr_periods 7\nnr_throttled 7\nthrottled_time 1\n",
            ], ["/c"])
        #expect(limited.cpuQuotaCores == 0.2)
        #expect(limited.memoryLimitBytes == nil)
        #expect(limited.throttling?.throttledPeriods == 7)
        let free = group(
            ["/c/cpu.cfs_quota_us": "-1\n", "/c/cpu.cfs_period_us": "100000\n"], ["/c"])
        #expect(free == ControlGroup())
    }

    @Test func `throttle a share of the periods that went by`() {
        let before = ControlGroup.Throttling(periods: 100, throttledPeriods: 20)
        let after = ControlGroup.Throttling(periods: 140, throttledPeriods: 50)
        #expect(after.percent(since: before) == 75)
        #expect(before.percent(since: before) == nil)
        #expect(before.percent(since: after) == nil)
    }
}

@Suite("What else a machine is at")
struct MachineConditionsTests {
    @Test func `pressure is the total of the line some`() {
        let text = "some avg10=1.00 avg60=0.20 avg300=0.00 total=123456\nfull avg10=0.00 total=9\n"
        #expect(PressureStalls.total("cpu") { _ in text } == 123_456_000)
        #expect(PressureStalls.total("cpu") { _ in nil } == nil)
        #expect(PressureStalls.total("cpu") { _ in "some total=x" } == nil)
    }

    @Test func `threads that have ended keep their last figures`() {
        let start = ThreadWaits(threads: [1: .init(runNanos: 100, waitNanos: 0)])
        var now = ThreadWaits(threads: [
            1: .init(runNanos: 200, waitNanos: 50), 2: .init(runNanos: 100, waitNanos: 50),
        ])
        now.update(ThreadWaits(threads: [2: .init(runNanos: 300, waitNanos: 150)]))
        // 100 + 300 run, 50 + 150 waited.
        #expect(now.waitPercent(since: start) == 100.0 * 200 / 600)
        #expect(start.waitPercent(since: start) == nil)
        #expect(ThreadWaits.Thread(schedstat: "5 6 7\n") == .init(runNanos: 5, waitNanos: 6))
        #expect(ThreadWaits.Thread(schedstat: "5 6") == nil)
    }

    @Test func `a process's name may hold what separates the fields`() throws {
        let stat = "77 (a) b (c) S 12 77 77 0 -1 4194560 1 2 3 4 250 50 7 8 20 0 1 0 9 10 11"
        let process = try #require(OtherPrograms.Process(stat: stat))
        #expect(process == .init(name: "a) b (c", parent: 12, ticks: 300))
        #expect(OtherPrograms.Process(stat: "77 (a S 12") == nil)
    }

    @Test func `a program that was started by /proc/self/exe has the name of its file`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // What the kernel sees of it: a path that ends in exe, and another file.
        let link = folder.appendingPathComponent("exe")
        let file = URL(fileURLWithPath: "/bin/sh").resolvingSymlinksInPath()
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
        let before = OtherPrograms.now()
        let process = Process()
        process.executableURL = link
        process.arguments = ["-c", "while :; do :; done"]
        try process.run()
        // Not SIGTERM: a child inherits which signals are blocked, and `swift test` blocks that one.
        defer { kill(process.processIdentifier, SIGKILL) }
        var share: OtherPrograms.Share?
        for _ in 0..<1_000 where share == nil {
            usleep(20_000)
            share = OtherPrograms.now().busy(since: before, own: -1).first {
                $0.processID == process.processIdentifier
            }
        }
        #expect(share?.name == file.lastPathComponent)
    }

    @Test func `other programs are the busiest first, without this one's family`() {
        func reading(_ nanos: Int64, _ ticks: [Int32: UInt64]) -> OtherPrograms {
            let parents: [Int32: Int32] = [1: 0, 10: 1, 11: 10, 12: 11, 20: 1, 21: 20]
            return OtherPrograms(
                processes: ticks.reduce(into: [:]) {
                    $0[$1.key] = .init(
                        name: "p\($1.key)", parent: parents[$1.key] ?? 1, ticks: $1.value)
                }, nanos: nanos)
        }
        let before = reading(0, [1: 5, 10: 5, 11: 5, 12: 5, 20: 5, 21: 5])
        let after = reading(
            2_000_000_000, [1: 9, 10: 90, 11: 200, 12: 300, 20: 205, 21: 105, 30: 50])
        // 11 measures; 10 and 1 started it, 12 is its own.
        let busy = after.busy(since: before, ticksPerSecond: 100, own: 11)
        #expect(
            busy == [
                .init(processID: 20, name: "p20", percentOfCore: 100),
                .init(processID: 21, name: "p21", percentOfCore: 50),
                .init(processID: 30, name: "p30", percentOfCore: 25),
            ])
        #expect(busy[0].description == "p20 (process 20, 100 % of a core)")
    }

    @Test(arguments: [("kthreadd", 75.0, [30]), ("bash", 0, [30, 20, 2])])
    func `the kernel's threads are no programs, where process 2 is theirs`(
        name: String, kernel: Double, busy: [Int32]
    ) {
        func reading(_ nanos: Int64, _ ticks: [Int32: UInt64]) -> OtherPrograms {
            let processes: [Int32: (name: String, parent: Int32)] = [
                2: (name, 0), 20: ("kworker/1:0H", 2), 30: ("dd", 1),
            ]
            return OtherPrograms(
                processes: processes.reduce(into: [:]) {
                    $0[$1.key] = .init(
                        name: $1.value.name, parent: $1.value.parent, ticks: ticks[$1.key] ?? 0)
                }, nanos: nanos)
        }
        let before = reading(0, [2: 5, 20: 5, 30: 5])
        let after = reading(1_000_000_000, [2: 30, 20: 55, 30: 95])
        #expect(after.kernelPercentOfCore(since: before, ticksPerSecond: 100) == kernel)
        let found = after.busy(since: before, ticksPerSecond: 100, own: 11)
        #expect(found.map(\.processID) == busy)
    }

    @Test func `a disk's figures are those of its own line`() throws {
        let stats = """
             254       0 vda 10 0 80 5 20 0 2000 7 0 900 12 0 0 0 0
             254       1 vda1 10 0 80 5 20 0 1000 7 0 400 12 0 0 0 0
            """
        let disk = try #require(
            DiskActivity(diskstats: stats, device: "vda1", io: "rchar: 1\nwrite_bytes: 4096\n"))
        #expect(disk.writtenBytes == 512_000)
        #expect(disk.busyNanos == 400_000_000)
        #expect(disk.ownWrittenBytes == 4_096)
        var later = disk
        later.writtenBytes += 10_000
        later.ownWrittenBytes = 5_096
        #expect(later.othersWrittenBytes(since: disk) == 9_000)
        #expect(DiskActivity(diskstats: stats, device: "sda", io: nil) == nil)
    }

    @Test func `swapping is pages both ways`() {
        let text = "nr_free 1\npswpin 30\npswpout 12\npgmajfault 4\n"
        #expect(MemoryActivity.swappedPages(vmstat: text) == 42)
        #expect(MemoryActivity.swappedPages(vmstat: "nr_free 1\n") == nil)
    }

    @Test func `a quiet machine has nothing to say, and each disturbance is named`() {
        #expect(QuietMachine.disturbances(MachineConditions()) == [])
        var conditions = MachineConditions()
        conditions.stealPercent = 6
        conditions.throttledPercent = 90
        conditions.otherCPUPercent = 40
        conditions.busiestPrograms = [.init(processID: 9, name: "stress", percentOfCore: 80)]
        conditions.memoryPressurePercent = 10
        conditions.swappedPages = 1
        conditions.ioPressurePercent = 20
        let found = QuietMachine.disturbances(conditions)
        #expect(found.count == 6)
        #expect(found.contains { $0.contains("stress (process 9, 80 % of a core)") })
    }

    @Test func `this machine can be read, and its readings compared`() {
        let first = MachineReading.now(threads: [""], device: nil)
        var sum: UInt64 = 0
        for value in 0..<3_000_000 as Range<UInt64> { sum &+= value &* value }
        let second = first.next(threads: [""], device: nil)
        let conditions = MachineConditions(from: first, to: second)
        #expect(sum != 1)
        if let other = conditions.otherCPUPercent { #expect(0 <= other && other <= 100) }
        if let wait = conditions.coreWaitPercent { #expect(0 <= wait && wait <= 100) }
        #expect(!MachineCheckup(directory: ".").findings.isEmpty)
    }
}
