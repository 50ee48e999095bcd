import Foundation
import Testing

@testable import Measurement

@Suite struct `A probe of the machine's limits` {
    static let schedule = ProbeSchedule(
        warmupNanos: 1_000_000, sliceNanos: 2_000_000, slices: 3)
    static let blockByteCount = 4_096

    private final class Folder {
        let path: String
        init() throws {
            let url = FileManager.default.temporaryDirectory.appending(
                component: "weir-roofline-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            path = url.path
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }
        var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
    }

    private func withPayload<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let bytes = (0..<10 * Self.blockByteCount + 5).map { UInt8(truncatingIfNeeded: $0) }
        return try unsafe bytes.withUnsafeBytes { try unsafe body($0) }
    }

    private func expectSound(_ result: ProbeResult, _ name: String) {
        #expect(result.probe == name)
        #expect(result.bytesPerSecond.count == 3)
        #expect(result.bytesPerSecond.allSatisfy { $0 > 0 })
        let bytes = result.medianBytesPerSecond / result.medianOperationsPerSecond
        #expect(abs(bytes / Double(Self.blockByteCount) - 1) < 1e-9)
    }

    @Test func `reports medians of slices, without the warm-up`() {
        // The clock advances by what each operation costs: slow at first, then 4, 2 and 5 a slice.
        var now: Int64 = 0
        var costs: [Int64] = [100, 25, 25, 25, 25, 50, 50, 20, 20, 20, 20, 20]
        var shares: [Double] = []
        let result = ProbeLoop.measure(
            "test", blockByteCount: 10,
            schedule: ProbeSchedule(warmupNanos: 100, sliceNanos: 100, slices: 3),
            progress: { shares.append($0) }, clock: { now },
            operation: { () throws(Never) -> Int in
                now += costs.removeFirst()
                return 10
            })
        #expect(result.operationsPerSecond == [4e7, 2e7, 5e7])
        #expect(result.bytesPerSecond == [4e8, 2e8, 5e8])
        #expect(result.medianBytesPerSecond == 4e8)
        #expect(costs.isEmpty)
        #expect(shares == [0.25, 0.5, 0.75, 1])
    }

    @Test func `divides by the time that an operation really took`() {
        var now: Int64 = 0
        let result = ProbeLoop.measure(
            "test", blockByteCount: 1,
            schedule: ProbeSchedule(warmupNanos: 0, sliceNanos: 100, slices: 1), clock: { now },
            operation: { () throws(Never) -> Int in
                now += 1_000
                return 500
            })
        #expect(result.bytesPerSecond == [5e8])
    }

    @Test func `copies memory`() {
        let result = unsafe withPayload { payload in
            unsafe MemoryCopyProbe.run(
                payload: payload, blockByteCount: Self.blockByteCount, schedule: Self.schedule)
        }
        expectSound(result, "memory_copy")
    }

    @Test func `writes and leaves nothing behind`() throws {
        let folder = try Folder()
        let result = try unsafe withPayload { payload in
            try unsafe WriteProbe.run(
                directory: folder.path, payload: payload, blockByteCount: Self.blockByteCount,
                segmentByteCount: 10_000, retainedByteCount: 30_000, schedule: Self.schedule)
        }
        expectSound(result, "write")
        #expect(folder.names.isEmpty)
    }

    @Test func `flushes and times each flush`() throws {
        let folder = try Folder()
        let result = try unsafe withPayload { payload in
            try unsafe FlushProbe.run(
                directory: folder.path, payload: payload, blockByteCount: Self.blockByteCount,
                segmentByteCount: 1 << 20, retainedByteCount: 1 << 20, schedule: Self.schedule)
        }
        expectSound(result, "fdatasync")
        #expect(try #require(result.latency).count >= 3)
        #expect(folder.names.isEmpty)
    }

    @Test func `sends files and memory over loopback`() throws {
        let folder = try Folder()
        try unsafe withPayload { payload in
            expectSound(
                try unsafe SendfileProbe.run(
                    directory: folder.path, payload: payload,
                    blockByteCount: Self.blockByteCount, schedule: Self.schedule), "sendfile")
            expectSound(
                try unsafe SocketWriteProbe.run(
                    payload: payload, blockByteCount: Self.blockByteCount,
                    schedule: Self.schedule), "socket_write")
        }
        #expect(folder.names.isEmpty)
    }

    @Test func `keeps no more files than a log with retention would`() throws {
        let folder = try Folder()
        var files = try RollingFiles(
            in: folder.path, segmentByteCount: 2 * Self.blockByteCount,
            retainedByteCount: 6 * Self.blockByteCount)
        let inside = folder.path + "/" + folder.names[0]
        var most = 0
        try unsafe withPayload { payload in
            for _ in 0..<20 {
                try unsafe files.append(UnsafeRawBufferPointer(rebasing: payload[..<4_096]))
                let names = try FileManager.default.contentsOfDirectory(atPath: inside)
                most = max(most, names.count)
                for name in names {
                    let size = try FileManager.default.attributesOfItem(
                        atPath: inside + "/" + name)[.size]
                    #expect(size as? Int ?? 0 <= 2 * Self.blockByteCount)
                }
            }
        }
        #expect(most == 3)
    }

    @Test func `says what it could not do`() throws {
        let folder = try Folder()
        let error = #expect(throws: ProbeError.self) {
            try unsafe withPayload { payload in
                _ = try unsafe WriteProbe.run(
                    directory: folder.path + "/none", payload: payload,
                    blockByteCount: Self.blockByteCount, segmentByteCount: 1_000,
                    retainedByteCount: 1_000, schedule: Self.schedule)
            }
        }
        #expect(error?.errno == ENOENT)
        #expect(
            error?.description
                == "cannot make a folder in \(folder.path)/none: No such file or directory")
    }
}
