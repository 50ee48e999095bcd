/// The intended times of a batch's records, as bytes.
///
/// Each run of records that were due at one time is stored as the change of the gap since the run
/// before, in zig-zag form, with a lowest bit that says whether a number of records follows; both
/// are integers of seven bits a byte. Evenly spaced records take one byte each, random gaps two or
/// three.
enum IntendedTimes {
    /// Consecutive records that were due at the same time.
    struct Run: Equatable {
        /// By the monotonic clock.
        var nanos: Int64
        var recordCount: Int
    }

    /// The largest size of one run: two integers of 64 bits.
    static let maximumByteCountPerRun = 20

    /// Writes the runs at `start`, where there is room for their largest size.
    ///
    /// - Parameter first: the time of the first run.
    /// - Returns: the number of bytes written.
    static func encode(
        _ runs: [PendingBatch.Run], first: Int64, to start: UnsafeMutableRawPointer
    ) -> Int {
        var place = unsafe start
        var (last, gap) = (first, Int64(0))
        for run in runs {
            let nextGap = run.intendedNanos &- last
            let change = nextGap &- gap
            (last, gap) = (run.intendedNanos, nextGap)
            let zigZag = UInt64(bitPattern: (change &<< 1) ^ (change &>> 63))
            // Times of the monotonic clock are far below 2⁶², so no bit is lost.
            unsafe place = write(zigZag &<< 1 | (run.recordCount > 1 ? 1 : 0), to: place)
            if run.recordCount > 1 { unsafe place = write(UInt64(run.recordCount), to: place) }
        }
        return unsafe place - start
    }

    /// Appends the runs that `encode` wrote.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, first: Int64, into runs: inout [Run]
    ) {
        var place = 0
        var (last, gap) = (first, Int64(0))
        while place < bytes.count {
            let word = unsafe read(bytes, at: &place)
            let zigZag = word &>> 1
            gap &+= Int64(bitPattern: zigZag &>> 1) ^ (0 &- Int64(bitPattern: zigZag & 1))
            last &+= gap
            let count = word & 1 == 0 ? 1 : Int(truncatingIfNeeded: unsafe read(bytes, at: &place))
            runs.append(Run(nanos: last, recordCount: count))
        }
    }

    @inline(__always)
    private static func write(
        _ value: UInt64, to start: UnsafeMutableRawPointer
    ) -> UnsafeMutableRawPointer {
        var (rest, place) = unsafe (value, start)
        while rest >= 0x80 {
            unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
            rest &>>= 7
            unsafe place += 1
        }
        unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
        return unsafe place + 1
    }

    @inline(__always)
    private static func read(_ bytes: UnsafeRawBufferPointer, at place: inout Int) -> UInt64 {
        var (value, shift) = (UInt64(0), UInt64(0))
        while place < bytes.count {
            let byte = unsafe bytes[place]
            place &+= 1
            value |= UInt64(byte & 0x7f) &<< shift
            if byte < 0x80 { break }
            shift &+= 7
        }
        return value
    }
}
