import RecordFormat

/// The content of a record that the crash writer appends: four numbers, and bytes that follow from
/// them, so that whoever reads it back can tell whether any bit of it changed.
public struct CrashRecord: Hashable, Sendable {
    public var life: Int
    public var thread: Int
    /// The batch of this life and thread, from 0.
    public var batch: Int
    /// The record of the batch, from 0.
    public var index: Int

    public init(life: Int, thread: Int, batch: Int, index: Int) {
        self.life = life
        self.thread = thread
        self.batch = batch
        self.index = index
    }

    public init?(_ value: [UInt8]) {
        let fields = String(decoding: value.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)
            .split(separator: " ").compactMap { Int($0) }
        guard fields.count == 4 else { return nil }
        self.init(life: fields[0], thread: fields[1], batch: fields[2], index: fields[3])
        guard self.value == value else { return nil }
    }

    public var value: [UInt8] {
        var bytes = Array("\(life) \(thread) \(batch) \(index);".utf8)
        var state = UInt64(truncatingIfNeeded: life &* 1_000_003 &+ thread &* 7919 &+ batch)
        state = state &* 6_364_136_223_846_793_005 &+ UInt64(index)
        for _ in 0..<Int(state >> 40) % 200 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            bytes.append(UInt8(truncatingIfNeeded: state >> 33))
        }
        return bytes
    }

    /// How many records the batch has.
    public static func recordCount(life: Int, thread: Int, batch: Int) -> Int {
        (life &* 31 &+ thread &* 17 &+ batch &* 7) % 12 + 1
    }
}
