import Glibc

/// Finds the processes that listen on a TCP port of this machine, by the kernel's tables of sockets.
///
/// Any thread may ask; it costs about as much as `lsof`, so once a run.
public enum ListeningProcesses {
    /// The processes that accept connections to `host` at `port`; empty where that is another machine, or
    /// belongs to another user or container, whose files are not seen.
    public static func at(host: String, port: Int) -> Set<Int32> {
        let addresses = localAddresses(of: host)
        guard !addresses.isEmpty else { return [] }
        let inodes = ["/proc/net/tcp", "/proc/net/tcp6"].reduce(into: Set<String>()) {
            $0.formUnion(
                Self.inodes(listeningOn: addresses, port: port, in: SystemFile.read($1) ?? ""))
        }
        return inodes.isEmpty ? [] : owners(of: Set(inodes.map { "socket:[\($0)]" }))
    }

    /// The inodes in a table whose sockets listen on one of these addresses, or on all of the machine's.
    ///
    /// `sl local_address rem_address st … uid timeout inode`, in hexadecimal; state 0A is LISTEN
    /// (proc_net_tcp in the kernel's documentation).
    static func inodes(
        listeningOn addresses: Set<String>, port: Int, in table: String
    ) -> Set<String> {
        let anyAddress: Set = [String(repeating: "0", count: 8), String(repeating: "0", count: 32)]
        var inodes: Set<String> = []
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 9, fields[3] == "0A" else { continue }
            let local = fields[1].split(separator: ":")
            guard local.count == 2, Int(local[1], radix: 16) == port else { continue }
            let address = String(local[0])
            if addresses.contains(address) || anyAddress.contains(address) {
                inodes.insert(String(fields[9]))
            }
        }
        return inodes
    }

    private static func owners(of sockets: Set<String>) -> Set<Int32> {
        var owners: Set<Int32> = []
        for name in SystemFile.names(in: "/proc") {
            guard let process = Int32(name) else { continue }
            let files = "/proc/\(name)/fd"
            let holdsOne = SystemFile.names(in: files).contains {
                SystemFile.target(ofLink: "\(files)/\($0)").map(sockets.contains) ?? false
            }
            if holdsOne { owners.insert(process) }
        }
        return owners
    }

    /// The addresses of a name that are this machine's, as the kernel's tables write them.
    private static func localAddresses(of host: String) -> Set<String> {
        var found: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, nil, nil, &found) == 0 else { return [] }
        defer { unsafe freeaddrinfo(found) }
        var addresses: Set<String> = []
        var next = unsafe found
        while let one = unsafe next {
            if unsafe isLocal(one.pointee), let text = unsafe text(of: one.pointee) {
                addresses.insert(text)
            }
            unsafe next = one.pointee.ai_next
        }
        return addresses
    }

    /// Only a machine's own address can be bound.
    private static func isLocal(_ address: addrinfo) -> Bool {
        let probe = unsafe socket(
            address.ai_family, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { return false }
        defer { close(probe) }
        return unsafe bind(probe, address.ai_addr, address.ai_addrlen) == 0
    }

    /// Words of four bytes, each as the number that it is on this machine.
    private static func text(of address: addrinfo) -> String? {
        let (position, byteCount): (Int, Int)
        switch unsafe address.ai_family {
        case AF_INET: (position, byteCount) = (MemoryLayout.offset(of: \sockaddr_in.sin_addr)!, 4)
        case AF_INET6:
            (position, byteCount) = (MemoryLayout.offset(of: \sockaddr_in6.sin6_addr)!, 16)
        default: return nil
        }
        let bytes = unsafe UnsafeRawBufferPointer(
            start: UnsafeRawPointer(address.ai_addr) + position, count: byteCount)
        return stride(from: 0, to: byteCount, by: 4).map {
            let word = unsafe String(
                bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self), radix: 16,
                uppercase: true)
            return String(repeating: "0", count: 8 - word.count) + word
        }.joined()
    }
}
