import Glibc
import Testing

@testable import Measurement

struct ListeningProcessesTests {
    @Test(arguments: [("127.0.0.1", true), ("localhost", true), ("192.0.2.1", false)])
    func `the process that listens is found, on this machine only`(
        host: String, isFound: Bool
    ) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(listener) }
        #expect(listen(listener, 1) == 0)
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(listener, $0, &length)
            }
        }
        let port = Int(UInt16(bigEndian: address.sin_port))
        let found = ListeningProcesses.at(host: host, port: port)
        #expect(found.contains(getpid()) == isFound)
    }

    @Test func `a table's sockets listen at the port, and at the address or at all addresses`() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:2384 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1
               1: 00000000:2384 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1
               2: 0200000A:2384 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13 1
               3: 0100007F:2385 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 14 1
               4: 0100007F:2384 0100007F:A5F2 01 00000000:00000000 00:00000000 00000000     0        0 15 1
               5: 0100007F:2384
            """
        #expect(
            ListeningProcesses.inodes(listeningOn: ["0100007F"], port: 9092, in: table)
                == ["11", "12"])
    }
}
