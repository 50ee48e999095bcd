import Foundation
import Testing

@testable import Security

@Suite("A command that prints a token")
struct TokenCommandTests {
    private func output(_ command: String, timeoutMs: Int64) -> Result<String, TokenFault> {
        do throws(TokenFault) {
            let bytes = try TokenCommand.output(of: command, timeoutMs: timeoutMs)
            return .success(String(decoding: bytes, as: UTF8.self))
        } catch {
            return .failure(error)
        }
    }

    @Test(
        "is killed with all that it has started once its time is over",
        arguments: [
            "sleep 1000; echo x", "sleep 1000 | cat", "trap '' TERM; sleep 1000",
            "yes | sleep 1000",
            "while :; do echo; done > /dev/null", "exec >&-; sleep 1000",
        ])
    func timeout(command: String) throws {
        let id = FileManager.default.temporaryDirectory
            .appending(component: "weir-command-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: id) }
        let time = ContinuousClock().measure {
            guard
                case .failure(.passing(let text)) = output(
                    "echo $$ > \(id.path); \(command)", timeoutMs: 200)
            else {
                Issue.record("a command without an end gave a token")
                return
            }
            #expect(text.contains("longer than"), "\(text)")
        }
        #expect(time < .seconds(10))
        let group = try #require(Int32(String(contentsOf: id, encoding: .utf8).dropLast()))
        let deadline = ContinuousClock.now + .seconds(10)
        while runs(group), ContinuousClock.now < deadline { usleep(1_000) }
        #expect(!runs(group))
    }

    /// Whether a process of a group goes on: also of one whose parent has not looked yet there is an entry.
    private func runs(_ group: Int32) -> Bool {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.contains { entry in
            guard Int32(entry) != nil,
                let text = try? String(contentsOfFile: "/proc/\(entry)/stat", encoding: .utf8),
                let name = text.lastIndex(of: ")")
            else { return false }
            // Behind the name: the state, the parent, the group.
            let fields = text[name...].split(separator: " ").dropFirst()
            return fields.dropFirst(2).first == "\(group)" && fields.first != "Z"
        }
    }

    @Test("has given its token once its shell has ended, whatever it leaves behind")
    func daemon() {
        let time = ContinuousClock().measure {
            #expect(output("(sleep 5 &); echo a.b.c", timeoutMs: 60_000) == .success("a.b.c\n"))
        }
        #expect(time < .seconds(4))
    }

    @Test("that prints without an end is killed, and one that prints much is read whole")
    func muchOutput() {
        guard case .failure(.passing(let text)) = output("yes", timeoutMs: 60_000) else {
            Issue.record("output without an end is a token")
            return
        }
        #expect(text.contains("too much"))
        let much = output("head -c 100000 /dev/zero", timeoutMs: 60_000)
        #expect((try? much.get())?.utf8.count == 100_000)
        #expect(output("printf x; exit 3", timeoutMs: 60_000) != .success("x"))
    }
}
