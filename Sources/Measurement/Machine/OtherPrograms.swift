import Foundation

/// The CPU time that each process of the machine has used, to find other work on the machine.
///
/// Any thread may take a reading; it costs about 20 µs a process.
public struct OtherPrograms: Sendable {
    /// One process since an earlier reading.
    public struct Share: Sendable, Equatable, CustomStringConvertible {
        public var processID: Int32
        public var name: String
        /// Of one core, 0…100 and more.
        public var percentOfCore: Double

        public init(processID: Int32, name: String, percentOfCore: Double) {
            self.processID = processID
            self.name = name
            self.percentOfCore = percentOfCore
        }

        public var description: String {
            "\(name) (process \(processID), \(Int(percentOfCore.rounded())) % of a core)"
        }
    }

    struct Process: Equatable {
        var name: String
        var parent: Int32
        var ticks: UInt64
    }

    private let processes: [Int32: Process]
    private let nanos: Int64

    public static func now() -> OtherPrograms {
        var processes: [Int32: Process] = [:]
        for name in SystemFile.names(in: "/proc") {
            guard let number = Int32(name),
                var process = SystemFile.read("/proc/\(name)/stat").flatMap(Process.init(stat:))
            else { continue }
            if process.name == "exe", let program = program(of: name) { process.name = program }
            processes[number] = process
        }
        return OtherPrograms(processes: processes, nanos: MonotonicClock.now())
    }

    /// The kernel names a process after the path that it was started by. Runs of a comparison, and
    /// other programs that start themselves again, are started by `/proc/self/exe`.
    private static func program(of process: String) -> String? {
        let link = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(process)/exe")
        // A file that was replaced meanwhile has " (deleted)" behind its path.
        return link?.split(separator: "/").last?.split(separator: " ").first.map(String.init)
    }

    init(processes: [Int32: Process], nanos: Int64) {
        self.processes = processes
        self.nanos = nanos
    }

    /// The processes that used CPU time since `earlier`, the busiest first, without the kernel's threads,
    /// this process, its ancestors (a comparison waits for its run) and its children, and without the
    /// processes of `target` and their children.
    public func busy(
        since earlier: OtherPrograms, target: Set<Int32> = [],
        ticksPerSecond: Int = Int(sysconf(Int32(_SC_CLK_TCK))), own: Int32 = getpid()
    ) -> [Share] {
        let relatives = family(of: target.union([own])).union(ancestors(of: own))
        return shares(since: earlier, ticksPerSecond).filter {
            !relatives.contains($0.processID) && !isKernelThread($0.processID)
        }.sorted { ($1.percentOfCore, $0.processID) < ($0.percentOfCore, $1.processID) }
    }

    /// The CPU time since `earlier` of the kernel's own threads, of one core. They also write back
    /// and flush for this program, so their time does not count as other programs'.
    public func kernelPercentOfCore(
        since earlier: OtherPrograms, ticksPerSecond: Int = Int(sysconf(Int32(_SC_CLK_TCK)))
    ) -> Double {
        shares(since: earlier, ticksPerSecond).reduce(0) {
            isKernelThread($1.processID) ? $0 + $1.percentOfCore : $0
        }
    }

    /// The CPU time since `earlier` of the processes that this one has started, and of those of
    /// `target` with their children, of one core: they are no other programs.
    public func runPercentOfCore(
        since earlier: OtherPrograms, target: Set<Int32> = [],
        ticksPerSecond: Int = Int(sysconf(Int32(_SC_CLK_TCK))), own: Int32 = getpid()
    ) -> Double {
        let run = family(of: target.union([own])).subtracting([own])
        return shares(since: earlier, ticksPerSecond).reduce(0) {
            run.contains($1.processID) ? $0 + $1.percentOfCore : $0
        }
    }

    private func shares(since earlier: OtherPrograms, _ ticksPerSecond: Int) -> [Share] {
        let seconds = Double(nanos - earlier.nanos) / 1e9
        guard seconds > 0, ticksPerSecond > 0 else { return [] }
        return processes.compactMap { number, process in
            let before = earlier.processes[number]?.ticks ?? 0
            guard process.ticks > before else { return nil }
            let used = Double(process.ticks - before) / Double(ticksPerSecond)
            return Share(
                processID: number, name: process.name, percentOfCore: 100 * used / seconds)
        }
    }

    /// `kthreadd`, process 2, starts all threads of the kernel. In a container they are not seen, and process 2 is
    /// any program.
    private func isKernelThread(_ number: Int32) -> Bool {
        guard processes[2]?.name == "kthreadd" else { return false }
        return number == 2 || processes[number]?.parent == 2
    }

    /// These processes, and all that they have started.
    private func family(of roots: Set<Int32>) -> Set<Int32> {
        roots.union(processes.keys.filter { !ancestors(of: $0).isDisjoint(with: roots) })
    }

    private func ancestors(of number: Int32) -> Set<Int32> {
        var ancestors: Set<Int32> = []
        var current = number
        while let parent = processes[current]?.parent, parent > 0,
            ancestors.insert(parent).inserted
        {
            current = parent
        }
        return ancestors
    }
}

extension OtherPrograms.Process {
    /// `pid (name) state ppid … utime stime …`: the name may hold blanks and parentheses, so that fields
    /// are counted from the last parenthesis (proc(5)).
    init?(stat text: String) {
        guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"),
            open < close
        else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 12, let parent = Int32(fields[1]), let user = UInt64(fields[11]),
            let system = UInt64(fields[12])
        else { return nil }
        name = String(text[text.index(after: open)..<close])
        self.parent = parent
        ticks = user + system
    }
}
