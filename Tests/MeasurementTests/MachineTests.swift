import Testing

@testable import Measurement

@Suite struct `The machine's accounts` {
    @Test func `of this process grow while it works`() throws {
        let before = ProcessUsage.now()
        var work: UInt64 = 1
        // Until the kernel has noticed; its accounts move in ticks.
        let deadline = ContinuousClock.now + .seconds(20)
        while ProcessUsage.now().cpuNanos == before.cpuNanos, ContinuousClock.now < deadline {
            for _ in 0..<100_000 { work = work &* 6_364_136_223_846_793_005 &+ 1 }
        }
        #expect(work != 0)
        let after = ProcessUsage.now()
        #expect(after.cpuNanos > before.cpuNanos)
        #if os(Linux)
            let resident = try #require(after.residentBytes)
            #expect(resident > 1 << 20)
            #expect(try #require(after.peakResidentBytes) > 1 << 20)
            #expect(try #require(after.anonymousBytes) > 0)
            #expect(try #require(after.fileBytes) > 0)
        #endif
    }

    @Test func `tell the share that the hypervisor took`() throws {
        let before = try #require(MachineCPU(procStat: "cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1"))
        let after = try #require(
            MachineCPU(procStat: "cpu  150 10 60 950 60 5 5 10 0 0\nintr 1"))
        // 80 busy, 160 idle, 10 stolen.
        #expect(after.stealPercent(since: before) == 4)
        #expect(after.busyPercent(since: before) == 32)
        #expect(before.stealPercent(since: before) == nil)
        #expect(MachineCPU(procStat: "cpu 1 2") == nil)
    }

    @Test func `count the processors that a container leaves to us`() {
        #expect(EnvironmentSnapshot.allowedCores(procStatus: "Cpus_allowed:\t3\n") == 2)
        #expect(
            EnvironmentSnapshot.allowedCores(procStatus: "Name:\tx\nCpus_allowed:\tff,0000000f\n")
                == 12)
        #expect(EnvironmentSnapshot.allowedCores(procStatus: "Name:\tx\n") == nil)
    }

    @Test func `know a hypervisor by its flag`() {
        #expect(EnvironmentSnapshot.hasHypervisorFlag(cpuinfo: "flags\t\t: fpu hypervisor sse\n"))
        #expect(!EnvironmentSnapshot.hasHypervisorFlag(cpuinfo: "flags\t\t: fpu sse\n"))
        #expect(!EnvironmentSnapshot.hasHypervisorFlag(cpuinfo: ""))
    }
}

@Suite struct `The mount of a directory` {
    static let table = """
        22 27 0:21 / /proc rw,relatime - proc proc rw
        27 1 254:0 / / rw,noatime shared:1 - ext4 /dev/vda rw,data=ordered
        30 27 0:30 / /data rw - tmpfs tmpfs rw,size=1k
        31 27 8:1 / /data\\040disk rw,nodev master:2 propagate_from:1 - xfs /dev/sd\\134a rw,noquota
        32 27 0:31 / /data rw - btrfs /dev/sdb rw
        """

    @Test func `is the longest that holds it`() throws {
        let root = try #require(Mount.holding(resolved: "/database/x", in: Self.table))
        #expect(root.mountPoint == "/")
        #expect(root.filesystem == "ext4")
        #expect(root.device == "/dev/vda")
        #expect(root.options == "rw,noatime,rw,data=ordered")
    }

    @Test func `is the last of several on one point`() {
        #expect(Mount.holding(resolved: "/data/log", in: Self.table)?.filesystem == "btrfs")
        #expect(Mount.holding(resolved: "/data", in: Self.table)?.filesystem == "btrfs")
    }

    @Test func `may have blanks in its name`() throws {
        let mount = try #require(Mount.holding(resolved: "/data disk/a", in: Self.table))
        #expect(mount.mountPoint == "/data disk")
        #expect(mount.filesystem == "xfs")
        #expect(mount.device == "/dev/sd\\a")
    }

    @Test func `is found for a directory that does not exist yet`() {
        // In a chroot the kernel does not list the mount of the root, so of a usual directory none is known.
        let proc = Mount.holding("/proc")
        #expect(proc?.filesystem == "proc")
        #expect(Mount.holding("/proc/not/there/yet") == proc)
        #expect(Mount.holding("./not/there/yet") == Mount.holding("."))
    }

    @Test(arguments: ["", "1 2 3", "22 27 0:21 / /proc rw,relatime proc proc rw more words"])
    func `is not read from a line that is none`(line: String) {
        #expect(Mount(mountinfoLine: line[...]) == nil)
    }
}

@Suite struct `The version of a loaded library` {
    private static let maps = """
        7f00-7f01 r-xp 00000000 08:01 1 /usr/lib/x86_64-linux-gnu/libsnappy-other.so.9
        7f01-7f02 r-xp 00000000 08:01 2 /usr/lib/x86_64-linux-gnu/libsnappy.so.1.1.9 (deleted)
        7f02-7f03 r-xp 00000000 08:01 3 /usr/lib/x86_64-linux-gnu/libplain.so
        7ffd-7ffe rw-p 00000000 00:00 0 [stack]
        """

    @Test func `is in its file's name, or is not known`() {
        #expect(LoadedLibrary.version(of: "libsnappy", maps: Self.maps) == "1.1.9")
        #expect(LoadedLibrary.version(of: "libplain", maps: Self.maps) == nil)
        #expect(LoadedLibrary.version(of: "libzstd", maps: Self.maps) == nil)
        #expect(LoadedLibrary.version(of: "libc") == "6")
    }
}

@Suite struct `An environment snapshot` {
    @Test func `describes this machine`() {
        let snapshot = EnvironmentSnapshot.take(
            dataDirectory: "/proc", weirVersion: "1.2.3", codecVersions: ["libzstd": "1.5.4"])
        #expect(snapshot.cores >= 1)
        #expect(snapshot.kernel.hasPrefix("Linux "))
        let hostName = SystemFile.read("/proc/sys/kernel/hostname")
        #expect(snapshot.host.map { $0 + "\n" } == hostName)
        #expect(!snapshot.architecture.isEmpty)
        #expect(snapshot.memoryBytes ?? 0 > 1 << 26)
        #expect(snapshot.dataDirectoryMount?.filesystem == "proc")
        #expect(snapshot.weirVersion == "1.2.3")
        #expect(snapshot.codecVersions == ["libzstd": "1.5.4"])
        #expect(snapshot.commandLine == CommandLine.arguments)
    }
}
