import Glibc

/// The machine and the versions of a result: `environment.json`.
///
/// Figures of different machines are not comparable; these fields identify the machine. A field is
/// nil if the machine does not report it.
public struct EnvironmentSnapshot: Sendable, Equatable, Codable {
    /// The machine's name.
    public var host: String?
    public var cpuModel: String?
    /// Cores that this process may use.
    public var cores: Int
    public var kernel: String
    public var architecture: String
    public var memoryBytes: Int64?
    /// The limits of a control group (a container, a unit, a batch job) on both; nil without one.
    public var cpuQuotaCores: Double?
    public var memoryLimitBytes: Int64?
    /// Whether this is a virtual machine: then steal and stalls are likely.
    public var isVirtualMachine: Bool
    /// `performance`, `schedutil` …; of the first core.
    public var cpuGovernor: String?
    public var dataDirectory: String
    public var dataDirectoryMount: Mount?
    /// The compiler that built this program.
    public var swiftVersion: String
    public var isOptimizedBuild: Bool
    public var weirVersion: String
    /// The version and its build, as `weir --version` prints them; nil if the executable has no
    /// build id.
    public var weirBuild: String?
    /// Codec libraries by name, such as `libzstd: 1.5.4`.
    public var codecVersions: [String: String]
    /// The command line, word by word: what the user asked for, where the resolved profile says
    /// what was run.
    public var commandLine: [String]?

    /// - Parameters:
    ///   - dataDirectory: where the run keeps its log; it need not exist yet.
    ///   - codecVersions: the versions that the codec libraries report.
    public static func take(
        dataDirectory: String, weirVersion: String, codecVersions: [String: String]
    ) -> EnvironmentSnapshot {
        let cpu = SystemFile.read("/proc/cpuinfo") ?? ""
        let memory = SystemFile.read("/proc/meminfo") ?? ""
        let group = ControlGroup.now()
        let governor = SystemFile.read("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
        let (host, kernel, architecture) = systemNames()
        return EnvironmentSnapshot(
            host: host, cpuModel: SystemFile.field("model name", in: cpu),
            cores: availableCores(),
            kernel: kernel, architecture: architecture,
            memoryBytes: SystemFile.byteCount("MemTotal", in: memory),
            cpuQuotaCores: group.cpuQuotaCores, memoryLimitBytes: group.memoryLimitBytes,
            isVirtualMachine: hasHypervisorFlag(cpuinfo: cpu),
            cpuGovernor: governor?.split(separator: "\n").first.map(String.init),
            dataDirectory: dataDirectory,
            dataDirectoryMount: Mount.holding(dataDirectory),
            swiftVersion: swiftVersion, isOptimizedBuild: isOptimizedBuild,
            weirVersion: weirVersion, weirBuild: ProgramBuild.name(ofVersion: weirVersion),
            codecVersions: codecVersions,
            commandLine: CommandLine.arguments)
    }

    enum CodingKeys: String, CodingKey {
        case host
        case cpuModel = "cpu_model"
        case cores
        case kernel
        case architecture
        case memoryBytes = "memory_bytes"
        case cpuQuotaCores = "cpu_quota_cores"
        case memoryLimitBytes = "memory_limit_bytes"
        case isVirtualMachine = "is_virtual_machine"
        case cpuGovernor = "cpu_governor"
        case dataDirectory = "data_directory"
        case dataDirectoryMount = "data_directory_mount"
        case swiftVersion = "swift_version"
        case isOptimizedBuild = "is_optimized_build"
        case weirVersion = "weir_version"
        case weirBuild = "weir_build"
        case codecVersions = "codec_versions"
        case commandLine = "command_line"
    }

    /// All processors of the machine that are online.
    static func machineCores() -> Int { Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The processors that this process may run on; a container may allow fewer than the machine
    /// has.
    static func availableCores() -> Int {
        SystemFile.read("/proc/self/status").flatMap(allowedCores(procStatus:))
            ?? machineCores()
    }

    /// Counts the bits of `Cpus_allowed:`, a mask in hexadecimal words with commas between.
    static func allowedCores(procStatus text: String) -> Int? {
        guard let mask = SystemFile.field("Cpus_allowed", in: text) else { return nil }
        let count = mask.compactMap(\.hexDigitValue).reduce(0) { $0 + $1.nonzeroBitCount }
        return count > 0 ? count : nil
    }

    static func hasHypervisorFlag(cpuinfo: String) -> Bool {
        SystemFile.field("flags", in: cpuinfo)?.split(separator: " ").contains("hypervisor")
            ?? false
    }

    private static func systemNames() -> (host: String?, kernel: String, architecture: String) {
        var name = utsname()
        guard unsafe uname(&name) == 0 else { return (nil, "", "") }
        func text<Field>(_ field: Field) -> String {
            unsafe withUnsafeBytes(of: field) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
        }
        let host = text(name.nodename)
        return (
            host.isEmpty ? nil : host, text(name.sysname) + " " + text(name.release),
            text(name.machine)
        )
    }

    /// Swift exposes its version only through conditional compilation; this is the newest known
    /// version that holds.
    private static var swiftVersion: String {
        #if compiler(>=6.5)
            ">= 6.5"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3.1)
            ">= 6.3.1, < 6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }

    private static var isOptimizedBuild: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }
}
