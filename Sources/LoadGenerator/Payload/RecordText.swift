/// The text of one synthesized record and its key, in buffers that are reused for the next record.
/// It is formatted here byte by byte, independent of locale and library version, so that one seed
/// gives the same bytes everywhere.
struct RecordText {
    private(set) var value: [UInt8] = []
    var key: [UInt8] = []

    mutating func reset() {
        value.removeAll(keepingCapacity: true)
        key.removeAll(keepingCapacity: true)
    }

    mutating func append(_ text: String) { value.append(contentsOf: text.utf8) }

    mutating func append(_ bytes: [UInt8]) { value.append(contentsOf: bytes) }

    /// A decimal number, with leading zeros up to `width`.
    mutating func append(_ number: Int, width: Int = 1) {
        Self.append(number, width: width, to: &value)
    }

    static func append(_ number: Int, width: Int = 1, to bytes: inout [UInt8]) {
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = number.magnitude
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        while bytes.count - start < width { bytes.append(UInt8(ascii: "0")) }
        bytes[start...].reverse()
    }

    /// A number of hundredths as a decimal fraction: 1999 is `19.99`.
    mutating func append(hundredths: Int) {
        append(hundredths / 100)
        append(".")
        append(hundredths % 100, width: 2)
    }

    /// A random UUID (version 4), appended only to the value.
    mutating func append(uuid: (UInt64, UInt64)) { Self.append(uuid: uuid, to: &value) }

    static func append(uuid: (UInt64, UInt64), to bytes: inout [UInt8]) {
        let high = uuid.0 & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
        let low = uuid.1 & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
        for nibble in 0..<32 {
            if [8, 12, 16, 20].contains(nibble) { bytes.append(UInt8(ascii: "-")) }
            let word = nibble < 16 ? high : low
            bytes.append(hexadecimal(Int(word >> UInt64(60 - nibble % 16 * 4) & 15)))
        }
    }

    mutating func append(hexadecimal number: UInt64, digits: Int) {
        for digit in (0..<digits).reversed() {
            value.append(Self.hexadecimal(Int(number >> UInt64(digit * 4) & 15)))
        }
    }

    private static func hexadecimal(_ nibble: Int) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + UInt8(nibble) : UInt8(ascii: "a") + UInt8(nibble - 10)
    }

    /// ISO 8601 in UTC with milliseconds: `2026-01-31T23:59:59.123Z`.
    mutating func append(isoMilliseconds time: Int) {
        let date = CivilTime(secondsSince1970: time / 1000)
        append(date.year, width: 4)
        append("-")
        append(date.month, width: 2)
        append("-")
        append(date.day, width: 2)
        append("T")
        append(clock: date)
        append(".")
        append(time % 1000, width: 3)
        append("Z")
    }

    /// In the form of web servers: `31/Jan/2026:23:59:59 +0000`.
    mutating func append(commonLogTime time: Int) {
        let date = CivilTime(secondsSince1970: time / 1000)
        append(date.day, width: 2)
        append("/")
        append(CivilTime.monthNames[date.month - 1])
        append("/")
        append(date.year, width: 4)
        append(":")
        append(clock: date)
        append(" +0000")
    }

    private mutating func append(clock date: CivilTime) {
        append(date.hour, width: 2)
        append(":")
        append(date.minute, width: 2)
        append(":")
        append(date.second, width: 2)
    }
}

/// A moment in UTC in the Gregorian calendar.
struct CivilTime {
    var year, month, day, hour, minute, second: Int

    static let monthNames = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// - Precondition: not before 1970.
    init(secondsSince1970 seconds: Int) {
        precondition(seconds >= 0, "synthesized time begins in 2026")
        hour = seconds / 3600 % 24
        minute = seconds / 60 % 60
        second = seconds % 60
        // Days since 1 March of the year 0, so that the leap day is the last of a year.
        let days = seconds / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
