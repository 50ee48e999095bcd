import Glibc
import RecordFormat
import Synchronization
import Testing

@testable import CommitLog

@Suite struct `Mappings that readers share` {
    private static let strideByteCount = 64 << 10

    /// A file of random bytes, with a cache of windows on it.
    private struct RandomFile {
        let file: SegmentFile
        let bytes: [UInt8]

        init(
            in directory: TemporaryDirectory, _ name: String, byteCount: Int, seed: UInt64,
            mappings: MappingCache
        ) throws {
            var random = SeededGenerator(seed: seed)
            let words = (0..<byteCount / 8 + 1).map { _ in random.next() }
            bytes = unsafe words.withUnsafeBytes { unsafe Array($0[..<byteCount]) }
            let path = "\(directory.path)/\(name)"
            writeFile(path, bytes)
            file = try SegmentFile(path, .read, mappings: mappings)
        }

        func slice(_ position: Int, _ byteCount: Int) -> FileSlice {
            FileSlice(
                file: file, segmentBaseOffset: .zero, position: position, byteCount: byteCount,
                baseOffset: .zero, nextOffset: Offset(1), hasRecords: true)
        }

        /// Whether the window shows what the file has there.
        func agrees(_ window: inout MappedWindow, _ position: Int, _ byteCount: Int) throws -> Bool
        {
            let span = try window.bytes(of: slice(position, byteCount))
            return unsafe span.withUnsafeBytes { seen in
                unsafe bytes.withUnsafeBytes { written in
                    unsafe seen.count == byteCount
                        && memcmp(seen.baseAddress!, written.baseAddress! + position, byteCount)
                            == 0
                }
            }
        }
    }

    private let directory = TemporaryDirectory()

    @Test func `a second reader of the same bytes maps nothing anew`() throws {
        let cache = MappingCache(strideByteCount: Self.strideByteCount)
        let file = try RandomFile(
            in: directory, "a", byteCount: 5 * Self.strideByteCount, seed: 1, mappings: cache)
        defer { file.file.retire() }
        for expected in [5, 0, 0] {
            var window = MappedWindow()
            for position in stride(from: 0, to: file.bytes.count, by: 4096) {
                #expect(try file.agrees(&window, position, 4096))
            }
            #expect(window.mapCount == expected)
        }
        #expect(cache.mappedByteCount == 5 * Self.strideByteCount)
    }

    @Test func `the bound holds, and what was read last stays`() throws {
        let cache = MappingCache(
            strideByteCount: Self.strideByteCount, maximumMappedByteCount: 3 * Self.strideByteCount)
        let files = try (0..<5).map {
            try RandomFile(
                in: directory, "\($0)", byteCount: 2 * Self.strideByteCount, seed: UInt64($0),
                mappings: cache)
        }
        defer { for file in files { file.file.retire() } }
        var window = MappedWindow()
        for file in files {
            for position in [0, Self.strideByteCount] {
                #expect(try file.agrees(&window, position, 100))
                #expect(cache.mappedByteCount <= 3 * Self.strideByteCount)
            }
        }
        #expect(window.mapCount == 10)
        #expect(files.map { cache.windowCount(of: $0.file) } == [0, 0, 0, 1, 2])
        #expect(mappedPathCount("\(directory.path)/") == 3)
        // Asking for the oldest makes it the newest.
        #expect(try files[3].agrees(&window, Self.strideByteCount, 100))
        #expect(try files[0].agrees(&window, 0, 100))
        #expect(window.mapCount == 11)
        #expect(files.map { cache.windowCount(of: $0.file) } == [1, 0, 0, 1, 1])
    }

    @Test func `a window that was evicted stays with the reader that holds it`() throws {
        let cache = MappingCache(
            strideByteCount: Self.strideByteCount, maximumMappedByteCount: Self.strideByteCount)
        let file = try RandomFile(
            in: directory, "a", byteCount: 2 * Self.strideByteCount, seed: 3, mappings: cache)
        defer { file.file.retire() }
        var first = MappedWindow()
        var second = MappedWindow()
        #expect(try file.agrees(&first, 0, 1000))
        #expect(try file.agrees(&second, Self.strideByteCount, 1000))
        #expect(try file.agrees(&first, 20_000, 1000))
        #expect(first.mapCount == 1)
        #expect(mappedPathCount("\(directory.path)/") == 2)
        first.close()
        #expect(mappedPathCount("\(directory.path)/") == 1)
    }

    @Test func `a deleted segment's windows go at once, but not from under a reader`() throws {
        let log = try TestLog(["segment.bytes": "250"])
        for value in ["a", "b", "c", "d", "e", "f", "g"] { try log.partition.append(value) }
        let slice = try #require(try log.partition.read(from: .zero, maxBytes: 100))
        let path = log.file(0, ".log")
        var window = MappedWindow()
        var late = MappedWindow()
        #expect(try decode(window.bytes(of: slice)).map(\.1) == ["a"])
        #expect(MappingCache.shared.windowCount(of: slice.file) == 1)
        try log.partition.deleteRecords(before: Offset(6))
        try log.partition.enforceRetention(nowMs: testTimeMs)
        #expect(MappingCache.shared.windowCount(of: slice.file) == 0)
        #expect(try decode(window.bytes(of: slice)).map(\.1) == ["a"])
        // Who comes late maps for himself.
        #expect(try decode(late.bytes(of: slice)).map(\.1) == ["a"])
        #expect(MappingCache.shared.windowCount(of: slice.file) == 0)
        #expect(mappedPathCount(path) == 2)
        window.close()
        late.close()
        #expect(mappedPathCount(path) == 0)
    }

    @Test(arguments: ["close", "abandon", "delete"])
    func `a log that is given up leaves nothing mapped`(way: String) throws {
        let log = try TestLog(["segment.bytes": "250"])
        for value in ["a", "b", "c", "d", "e", "f", "g"] { try log.partition.append(value) }
        #expect(try log.partition.values().count == 7)
        #expect(mappedPathCount(log.partitionPath) >= 3)
        switch way {
        case "close": try log.directory.close()
        case "abandon": log.directory.abandon()
        default: try log.directory.deleteTopic("orders")
        }
        #expect(mappedPathCount(log.partitionPath) == 0)
    }

    @Test func `slices across a boundary and beyond the stride have the file's bytes`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let fileByteCount = 27 << 20
        let file = try RandomFile(
            in: directory, "a", byteCount: fileByteCount, seed: seed,
            mappings: MappingCache())
        defer { file.file.retire() }
        var window = MappedWindow()
        let boundary = MappingCache.defaultStrideByteCount
        for (position, byteCount) in [
            (0, boundary), (boundary - 1, 2), (boundary - 1, boundary), (boundary, 1),
            (boundary - 1, boundary + 1), (100, 20 << 20), (5000, 4096), (fileByteCount - 1, 1),
            (2 * boundary - 4097, 8194), (0, fileByteCount),
            (fileByteCount - 10_000_001, 10_000_001),
        ] {
            #expect(
                try file.agrees(&window, position, byteCount),
                "\(byteCount) bytes at \(position), seed \(seed)")
        }
    }

    /// Few windows and many readers: nearly every read evicts what others are reading.
    @Test func `concurrent readers see the file's bytes while windows are evicted`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        let cache = MappingCache(
            strideByteCount: 16 << 10, maximumMappedByteCount: 64 << 10)
        let files = try (0..<4).map {
            try RandomFile(
                in: directory, "\($0)", byteCount: 200_000, seed: seed &+ UInt64($0),
                mappings: cache)
        }
        defer { for file in files { file.file.retire() } }
        let nextReader = Atomic<Int>(0)
        let failures = LockedValue<[String]>([])
        runConcurrently(threadCount: 6) {
            let reader = nextReader.add(1, ordering: .relaxed).oldValue
            var random = SeededGenerator(seed: seed &+ 100 &+ UInt64(reader))
            var window = MappedWindow()
            do {
                for step in 0..<600 {
                    let file = files[Int.random(in: 0..<4, using: &random)]
                    let byteCount = Int.random(in: 1...20_000, using: &random)
                    let position = Int.random(in: 0...200_000 - byteCount, using: &random)
                    if try !file.agrees(&window, position, byteCount) {
                        failures.change { $0.append("\(byteCount) bytes at \(position)") }
                    }
                    // In the middle, one file is deleted.
                    if reader == 0, step == 300 { files[0].file.retire() }
                }
            } catch {
                failures.change { $0.append("\(error)") }
            }
        }
        #expect(failures.value == [], "seed \(seed)")
        #expect(cache.mappedByteCount <= 64 << 10)
        #expect(cache.windowCount(of: files[0].file) == 0)
        #expect(mappedPathCount("\(directory.path)/0") == 0)
    }
}

/// How many mappings of files whose paths begin so this process has.
private func mappedPathCount(_ prefix: String) -> Int {
    readText("/proc/self/maps").split(separator: "\n").count { $0.contains(" \(prefix)") }
}
