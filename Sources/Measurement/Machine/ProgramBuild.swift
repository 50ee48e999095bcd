/// Which build of the program runs, by the build id that the linker left in the executable: a hash
/// of all that it linked. Two builds of one version differ in it; stripping symbols does not change
/// it.
public enum ProgramBuild {
    /// The first digits of the running program's build id, as git shortens a commit's name. Nil if
    /// the linker wrote none (`--build-id`), or without `/proc`.
    public static let id: String? = SystemFile.bytes(of: "/proc/self/exe", upTo: headByteLimit)
        .flatMap(buildID(executable:)).map { String(hexadecimal($0).prefix(idDigits)) }

    /// The build of a version, as semantic versions have it: `0.1.0+c64473a51db0`. The version in
    /// front keeps other programs from reading twelve digits as a number.
    public static func name(ofVersion version: String) -> String? { id.map { "\(version)+\($0)" } }

    /// Enough that no two builds of a program share them.
    private static let idDigits = 12

    /// Linkers put notes in front of the code, within the first page or so.
    private static let headByteLimit = 64 << 10

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // MARK: The executable

    /// The build id in the head of an executable, ELF of 64 bits and little-endian; nil for
    /// anything else. Every position and length in the file is checked against its size.
    ///
    ///     file header      32: position of the program headers (8 bytes)
    ///                      54: byte count of one (2), 56: how many there are (2)
    ///     program header    0: type (4), 8: position in the file (8), 32: byte count (8), 48: alignment (8)
    ///     note              0: byte counts of name (4) and description (4), 8: type (4), 12: the name;
    ///                      then the description; both padded to the alignment
    static func buildID(executable head: [UInt8]) -> [UInt8]? {
        let (magic, of64Bits, littleEndian): ([UInt8], UInt8, UInt8) = (
            [0x7F] + Array("ELF".utf8), 2, 1
        )
        guard head.starts(with: magic + [of64Bits, littleEndian]),
            let table = number(in: head, at: 32, byteCount: 8), table < head.count,
            let size = number(in: head, at: 54, byteCount: 2),
            let count = number(in: head, at: 56, byteCount: 2)
        else { return nil }
        for index in 0..<count {
            let header = table + index * size
            guard let type = number(in: head, at: header, byteCount: 4) else { return nil }
            guard type == noteSegment,
                let position = number(in: head, at: header + 8, byteCount: 8),
                position < head.count,
                let byteCount = number(in: head, at: header + 32, byteCount: 8),
                let alignment = number(in: head, at: header + 48, byteCount: 8)
            else { continue }
            let end = position + min(byteCount, head.count - position)
            let notes = Array(head[position..<end])
            if let id = buildID(notes: notes, alignment: alignment == 8 ? 8 : 4) { return id }
        }
        return nil
    }

    private static let noteSegment = 4
    private static let buildIDNote = 3
    private static let ownerOfNote = Array("GNU\0".utf8)

    private static func buildID(notes: [UInt8], alignment: Int) -> [UInt8]? {
        func padded(_ position: Int) -> Int { (position + alignment - 1) / alignment * alignment }
        var start = 0
        while let nameSize = number(in: notes, at: start, byteCount: 4),
            let size = number(in: notes, at: start + 4, byteCount: 4),
            let type = number(in: notes, at: start + 8, byteCount: 4)
        {
            let name = start + 12
            let description = padded(name + nameSize)
            let end = description + size
            guard end <= notes.count else { return nil }
            if type == buildIDNote, notes[name..<(name + nameSize)].elementsEqual(ownerOfNote) {
                return size > 0 ? Array(notes[description..<end]) : nil
            }
            start = padded(end)
        }
        return nil
    }

    /// Nil beyond the end of the bytes, and for a number that no place in a file has.
    private static func number(in bytes: [UInt8], at position: Int, byteCount: Int) -> Int? {
        guard position <= bytes.count - byteCount else { return nil }
        var number: UInt64 = 0
        for offset in (0..<byteCount).reversed() {
            number = number << 8 | UInt64(bytes[position + offset])
        }
        return Int(exactly: number)
    }
}
