import Testing

@testable import Measurement

@Suite struct `The build of the program` {
    /// An executable with a segment of code and one of notes, of which the second is the build id.
    private static func executable(
        id: [UInt8], owner: String = "GNU\0", type: UInt64 = 3, alignment: UInt64 = 4
    ) -> [UInt8] {
        func bytes(_ number: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
        }
        func padded(_ bytes: [UInt8]) -> [UInt8] {
            bytes + [UInt8](repeating: 0, count: -bytes.count & (Int(alignment) - 1))
        }
        func note(_ type: UInt64, _ owner: String, _ description: [UInt8]) -> [UInt8] {
            let head = bytes(UInt64(owner.utf8.count), 4) + bytes(UInt64(description.count), 4)
            return padded(padded(head + bytes(type, 4) + Array(owner.utf8)) + description)
        }
        func segment(_ type: UInt64, at position: UInt64, _ count: UInt64) -> [UInt8] {
            bytes(type, 4) + bytes(4, 4) + bytes(position, 8) + bytes(0, 16) + bytes(count, 16)
                + bytes(alignment, 8)
        }
        let notes = note(1, "GNU\0", [1, 2, 3, 4, 5]) + note(type, owner, id)
        let start: UInt64 = 64 + 2 * 56
        var file: [UInt8] =
            [0x7F] + Array("ELF".utf8) + [2, 1, 1] + [UInt8](repeating: 0, count: 9)
        file += bytes(3, 2) + bytes(62, 2) + bytes(1, 4) + bytes(0, 8) + bytes(64, 8)
        file += bytes(0, 8) + bytes(0, 4) + bytes(64, 2) + bytes(56, 2) + bytes(2, 2)
        file += [UInt8](repeating: 0, count: 64 - file.count)
        file += segment(1, at: 0, 1 << 40) + segment(4, at: start, UInt64(notes.count)) + notes
        return file
    }

    private static let id = [UInt8](0xA0...0xB3)

    @Test(arguments: [4, 8] as [UInt64])
    func `is the note that the linker left`(_ alignment: UInt64) {
        let file = Self.executable(id: Self.id, alignment: alignment)
        #expect(ProgramBuild.buildID(executable: file) == Self.id)
        #expect(
            ProgramBuild.buildID(executable: Self.executable(id: [], alignment: alignment)) == nil)
    }

    @Test func `is no other note, and nothing of another file`() {
        #expect(
            ProgramBuild.buildID(executable: Self.executable(id: Self.id, owner: "Go\0\0")) == nil)
        #expect(ProgramBuild.buildID(executable: Self.executable(id: Self.id, type: 4)) == nil)
        #expect(ProgramBuild.buildID(executable: Array("#!/bin/sh\n".utf8)) == nil)
        #expect(ProgramBuild.buildID(executable: []) == nil)
    }

    @Test func `is not known of a file that is cut short anywhere`() {
        let file = Self.executable(id: Self.id)
        for count in file.indices {
            #expect(ProgramBuild.buildID(executable: Array(file[..<count])) == nil, "\(count)")
        }
    }

    @Test func `is read out of no place beyond the file, whichever byte is wrong`() {
        let file = Self.executable(id: Self.id)
        for index in file.indices {
            for value in [0x00, 0x7F, 0x80, 0xFF] as [UInt8] {
                var damaged = file
                damaged[index] = value
                // A damaged byte of the id itself is another id; no other reads more than there is.
                let id = ProgramBuild.buildID(executable: damaged)
                #expect(id?.count ?? 0 <= file.count)
            }
        }
    }

    @Test func `is twelve digits behind the version`() throws {
        // This process is a test's, which any linker gives a build id or none.
        guard let id = ProgramBuild.id else {
            #expect(ProgramBuild.name(ofVersion: "1.2.3") == nil)
            return
        }
        #expect(id.wholeMatch(of: /[0-9a-f]{12}/) != nil)
        #expect(ProgramBuild.name(ofVersion: "1.2.3") == "1.2.3+\(id)")
    }
}

@Suite struct `What disturbs a run` {
    @Test func `is said with the limits that are judged by, and the columns that they are in`() {
        let rules = Disturbance.rules.joined(separator: "\n")
        #expect(rules.contains("more than 100 ms at once"))
        #expect(rules.contains("more than 64 MiB"))
        #expect(rules.contains("500 ppm"))
        for match in rules.matches(of: /\(([a-z]+_[a-z_]+)\)/) {
            #expect(RunFigure.named(String(match.1)) != nil, "\(match.1)")
        }
    }
}
