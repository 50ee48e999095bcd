internal import CClockState
import Glibc

/// Checks a machine, before a long run, for conditions that make the run noisy or end it early.
public struct MachineCheckup: Sendable {
    public struct Finding: Sendable, Equatable {
        public var subject: String
        /// The finding.
        public var finding: String
        /// The remedy; nil if there is nothing to do.
        public var remedy: String?

        public var isWell: Bool { remedy == nil }

        init(_ subject: String, _ finding: String, remedy: String? = nil) {
            self.subject = subject
            self.finding = finding
            self.remedy = remedy
        }
    }

    public let findings: [Finding]

    /// Takes about a second, in which it watches the machine.
    ///
    /// - Parameter directory: where the log will be; it need not exist.
    public init(directory: String) {
        findings =
            Self.processor() + Self.group() + Self.memory() + Self.storage(directory)
            + Self.limits() + Self.clock() + Self.work(directory)
    }

    // MARK: The processor

    private static func processor() -> [Finding] {
        var findings: [Finding] = []
        let governor = SystemFile.line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
        switch governor {
        case nil: findings.append(Finding("CPU governor", "not visible here"))
        case "performance": findings.append(Finding("CPU governor", "performance"))
        case let name?:
            findings.append(
                Finding(
                    "CPU governor", name,
                    remedy: "the clock rate follows the load: cpupower frequency-set -g performance"
                ))
        }
        if SystemFile.line("/sys/devices/system/cpu/smt/active") == "1" {
            findings.append(
                Finding(
                    "SMT", "on: two threads share a core",
                    remedy:
                        "CPU times depend on the other thread's load: pin the run to one thread a "
                        + "core (taskset), or switch SMT off: echo off > /sys/devices/system/cpu/smt/control"
                ))
        } else {
            findings.append(Finding("SMT", "off, or not visible here"))
        }
        let cpu = SystemFile.read("/proc/cpuinfo") ?? ""
        if EnvironmentSnapshot.hasHypervisorFlag(cpuinfo: cpu) {
            findings.append(
                Finding(
                    "hypervisor",
                    "this is a virtual machine: see steal below, and compare only runs of one "
                        + "session"))
        }
        return findings
    }

    private static func group() -> [Finding] {
        let group = ControlGroup.now()
        var findings: [Finding] = []
        if let quota = group.cpuQuotaCores {
            findings.append(
                Finding(
                    "CPU quota", "\(quota) cores",
                    remedy:
                        "the group is stopped for the rest of a period when it has used its share, which "
                        + "delays everything: raise cpu.max, or pin the run to whole cores instead")
            )
        } else {
            findings.append(Finding("CPU quota", "none"))
        }
        if let limit = group.memoryLimitBytes {
            findings.append(
                Finding(
                    "memory limit", "\(limit >> 20) MiB",
                    remedy:
                        "it includes the page cache of the log: leave room for segments, or lower "
                        + "retention.bytes"))
        }
        return findings
    }

    // MARK: Memory and storage

    private static func memory() -> [Finding] {
        let text = SystemFile.read("/proc/meminfo") ?? ""
        guard let total = SystemFile.byteCount("SwapTotal", in: text) else { return [] }
        guard total > 0 else { return [Finding("swap", "none")] }
        let used = total - (SystemFile.byteCount("SwapFree", in: text) ?? total)
        return [
            Finding(
                "swap", "\(total >> 20) MiB, \(used >> 20) MiB of it in use",
                remedy: used > 0
                    ? "swapped pages are read back during a run: swapoff -a, or reboot"
                    : "the kernel may swap the run out if memory is short: swapoff -a while measuring"
            )
        ]
    }

    /// Filesystems in memory, and those behind a network.
    private static let memoryFilesystems = ["tmpfs", "ramfs"]
    private static let networkFilesystems = ["nfs", "nfs4", "cifs", "9p", "fuse.sshfs", "ceph"]
    private static let scarceBytes: Int64 = 5 << 30

    private static func storage(_ directory: String) -> [Finding] {
        guard let mount = Mount.holding(directory) else { return [] }
        let name = "\(mount.filesystem) on \(mount.device)"
        var findings: [Finding] = []
        if memoryFilesystems.contains(mount.filesystem) {
            findings.append(
                Finding(
                    "filesystem", name,
                    remedy:
                        "flushes cost nothing on a filesystem in memory: choose a directory on a disk with --out"
                ))
        } else if networkFilesystems.contains(mount.filesystem) {
            findings.append(
                Finding(
                    "filesystem", name,
                    remedy:
                        "its latencies include the network's: choose a directory on a local disk"))
        } else if mount.filesystem == "overlay" {
            findings.append(
                Finding(
                    "filesystem", name,
                    remedy:
                        "a container's own layer is slower than a volume: mount one and use --out"))
        } else {
            findings.append(Finding("filesystem", name))
        }
        var space = statvfs()
        if unsafe statvfs(mount.mountPoint, &space) == 0 {
            let free = Int64(space.f_bavail) * Int64(space.f_frsize)
            findings.append(
                Finding(
                    "free space", "\(free >> 20) MiB",
                    remedy: free < scarceBytes
                        ? "the shipped profiles store up to 1.7 GB: free some, or lower retention.bytes"
                        : nil))
        }
        return findings
    }

    // MARK: Limits, clock, work

    private static let neededDescriptors: UInt64 = 4_096

    private static func limits() -> [Finding] {
        var files = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else {
            return []
        }
        var findings = [
            Finding(
                "file descriptors", "at most \(files.rlim_cur)",
                remedy: files.rlim_cur < neededDescriptors
                    ? "thousands of partitions or connections need more: ulimit -n 65536" : nil)
        ]
        let text = SystemFile.read("/proc/self/limits") ?? ""
        if let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Max locked memory") }
        ) {
            let words = line.dropFirst("Max locked memory".count).split(separator: " ")
            findings.append(
                Finding("locked memory", "at most \(words.first ?? "?") bytes; weir locks none"))
        }
        return findings
    }

    private static func clock() -> [Finding] {
        switch weir_clock_is_synchronized() {
        case 1: return [Finding("clock", "synchronised by a time service")]
        case 0:
            return [
                Finding(
                    "clock", "not synchronised by a time service",
                    remedy:
                        "latencies within one machine are still right; across machines they need "
                        + "NTP or PTP (timedatectl set-ntp true)")
            ]
        default: return [Finding("clock", "not visible here")]
        }
    }

    /// Disturbances of the machine now.
    private static func work(_ directory: String) -> [Finding] {
        let found = QuietMachine(directory: directory).look()
        guard !found.isEmpty else { return [Finding("right now", "nothing disturbs the machine")] }
        return found.map {
            Finding(
                "right now", $0,
                remedy: "end it, or let weir wait for a quiet machine: --wait-quiet 10m")
        }
    }
}

extension SystemFile {
    /// The first line of a file; nil if there is none.
    static func line(_ path: String) -> String? {
        read(path)?.split(separator: "\n").first.map(String.init)
    }
}
