import Glibc

/// All counters of the machine's activity, read at once: the difference of two readings is the
/// activity between them.
///
/// Any thread may take one; it costs a few hundred microseconds plus 20 µs for each process of the
/// machine.
public struct MachineReading: Sendable {
    let nanos: Int64
    let cpu: MachineCPU?
    let ownCPUNanos: Int64
    let throttling: ControlGroup.Throttling?
    let pressure: PressureStalls
    var waits: ThreadWaits
    let programs: OtherPrograms
    let memory: MemoryActivity
    let disk: DiskActivity?
    /// Unix time minus the monotonic clock's.
    let clockOffsetNanos: Int64

    /// The next reading. Threads that have ended keep their figures of this one.
    public func next(threads: [String], device: String?) -> MachineReading {
        var next = MachineReading.now(threads: threads, device: device)
        var waits = self.waits
        waits.update(next.waits)
        next.waits = waits
        return next
    }

    /// With the last figures of threads that have ended since.
    public func adding(_ ended: [EndedThreads]) -> MachineReading {
        var reading = self
        for threads in ended { reading.waits.update(threads.waits) }
        return reading
    }

    /// - Parameters:
    ///   - threads: the prefixes of the names of the load's threads.
    ///   - device: the disk of the log, as its mount names it; nil if it has none.
    public static func now(threads: [String], device: String?) -> MachineReading {
        let anchor = ClockAnchor.sample()
        return MachineReading(
            nanos: MonotonicClock.now(), cpu: MachineCPU.now(),
            ownCPUNanos: ProcessUsage.now().cpuNanos, throttling: ControlGroup.now().throttling,
            pressure: PressureStalls.now(), waits: ThreadWaits.now(named: threads),
            programs: OtherPrograms.now(), memory: MemoryActivity.now(),
            disk: device.flatMap { DiskActivity.now(of: $0) },
            clockOffsetNanos: anchor.unixNanos - anchor.monotonicNanos)
    }
}

/// The machine's activity during a run: shares of the time between two readings. Nil if the machine
/// does not report it.
public struct MachineConditions: Sendable, Equatable {
    /// CPU time that the hypervisor gave to others, of all cores'.
    public var stealPercent: Double?
    /// Share of the periods of a CPU quota in which this process was stopped.
    public var throttledPercent: Double?
    /// CPU time that other programs of this machine used, of all cores', without the kernel's threads.
    public var otherCPUPercent: Double?
    /// Time that the load's threads waited for a core, as a share of the time in which they could
    /// have run.
    public var coreWaitPercent: Double?
    /// CPU time of the load's threads, by the beginning of their names.
    public var threadNanos: [String: Int64] = [:]
    /// Time in which some task of the machine waited for a core, for memory, for a disk.
    public var cpuPressurePercent: Double?
    public var memoryPressurePercent: Double?
    public var ioPressurePercent: Double?
    public var majorFaults: Int64?
    public var swappedPages: Int64?
    /// Time in which the disk of the log was busy, and bytes that others wrote to it.
    public var diskBusyPercent: Double?
    public var otherDiskBytes: Int64?
    /// How far the wall clock was moved against the monotonic one, slewing by a time service
    /// included.
    public var clockStepNanos: Int64?
    /// The other programs that used most CPU time, the busiest first.
    public var busiestPrograms: [OtherPrograms.Share] = []

    private static let programLimit = 5

    public init() {}

    /// - Parameter target: the processes of this machine that the load is for, which are no other programs.
    public init(
        from start: MachineReading, to end: MachineReading, target: Set<Int32> = []
    ) {
        let elapsed = end.nanos - start.nanos
        guard elapsed > 0 else { return }
        func percent(_ end: Int64?, _ start: Int64?) -> Double? {
            guard let end, let start else { return nil }
            return min(100 * Double(max(end - start, 0)) / Double(elapsed), 100)
        }
        if let before = start.cpu, let cpu = end.cpu {
            stealPercent = cpu.stealPercent(since: before)
            let cores = Double(EnvironmentSnapshot.machineCores())
            let own = 100 * Double(end.ownCPUNanos - start.ownCPUNanos) / Double(elapsed)
            let kernel = end.programs.kernelPercentOfCore(since: start.programs)
            let run = end.programs.runPercentOfCore(since: start.programs, target: target)
            let notOthers = (own + kernel + run) / cores
            otherCPUPercent = cpu.busyPercent(since: before).map { max($0 - notOthers, 0) }
        }
        if let before = start.throttling {
            throttledPercent = end.throttling?.percent(since: before)
        }
        for kind in Set(end.waits.threads.values.map(\.kind)) {
            threadNanos[kind] = end.waits.runNanos(of: kind, since: start.waits)
        }
        coreWaitPercent = end.waits.waitPercent(since: start.waits)
        cpuPressurePercent = percent(end.pressure.cpuNanos, start.pressure.cpuNanos)
        memoryPressurePercent = percent(end.pressure.memoryNanos, start.pressure.memoryNanos)
        ioPressurePercent = percent(end.pressure.ioNanos, start.pressure.ioNanos)
        majorFaults = end.memory.majorFaults - start.memory.majorFaults
        if let pages = end.memory.swappedPages, let before = start.memory.swappedPages {
            swappedPages = max(pages - before, 0)
        }
        if let disk = end.disk, let before = start.disk {
            diskBusyPercent = percent(disk.busyNanos, before.busyNanos)
            otherDiskBytes = disk.othersWrittenBytes(since: before)
        }
        clockStepNanos = end.clockOffsetNanos - start.clockOffsetNanos
        busiestPrograms = Array(
            end.programs.busy(since: start.programs, target: target).prefix(Self.programLimit))
    }
}
