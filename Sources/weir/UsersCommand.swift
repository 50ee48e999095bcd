import ArgumentParser
import Broker
import CommitLog
import Foundation
import Glibc

struct UsersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "users",
        abstract: "Add, remove and list those who may log in at a broker by SCRAM.",
        discussion: """
            They are kept in the broker's log directory. For a broker that runs, use Kafka's own tools \
            (kafka-configs --alter --add-config 'SCRAM-SHA-512=[…]' --entity-type users), or stop it. A \
            password is never an argument: it is asked for on the terminal, or read from standard input.

              weir users add alice --data-dir /var/lib/weir
              weir users add alice --data-dir /var/lib/weir < password.txt
              weir users list --data-dir /var/lib/weir
            """, subcommands: [Add.self, Remove.self, List.self])

    struct Place: ParsableArguments {
        @Option(help: "The log directory of the broker.", completion: .directory)
        var dataDir: String

        /// Runs `body`, and tells of its error.
        func with<Result>(_ body: (StoredUsers) throws(LogError) -> Result) throws -> Result {
            do throws(LogError) {
                return try body(StoredUsers(directory: dataDir))
            } catch {
                printError("\(error)")
                if case .directoryInUse = error { throw ExitStatus.targetUnavailable }
                throw ExitStatus.inputOutput
            }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a user a password, or a new one.")

        @Argument(help: "The user's name.")
        var name: String

        @OptionGroup
        var place: Place

        @Option(help: "SCRAM-SHA-512 or SCRAM-SHA-256.")
        var mechanism = StoredUsers.mechanisms[0]

        @Option(help: "How often the password is hashed; logins take as much longer.")
        var iterations: Int32 = 8192

        func validate() throws {
            guard StoredUsers.mechanisms.contains(mechanism) else {
                throw ValidationError(
                    "--mechanism is \(StoredUsers.mechanisms.joined(separator: " or "))")
            }
            let range = StoredUsers.iterations
            guard range.contains(iterations) else {
                throw ValidationError(
                    "--iterations is between \(range.lowerBound) and \(range.upperBound)")
            }
            guard !name.isEmpty, name.utf8.count <= 255 else {
                throw ValidationError("a name has 1 to 255 bytes")
            }
        }

        func run() throws {
            guard let password = PasswordPrompt.read(), !password.isEmpty else {
                printError("there is no password, or the two are not the same")
                throw ExitStatus.badInput
            }
            try place.with { (users) throws(LogError) in
                try users.add(
                    name, password: password, mechanism: mechanism, iterations: iterations)
            }
            try printOut("\(name) may log in by \(mechanism)")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a user's passwords.")

        @Argument(help: "The user's name.")
        var name: String

        @OptionGroup
        var place: Place

        func run() throws {
            let isThere = try place.with { (users) throws(LogError) in try users.remove(name) }
            guard isThere else {
                printError("there is no user '\(name)'")
                throw ExitStatus.badInput
            }
            try printOut("\(name) may not log in any more")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the users.")

        @OptionGroup
        var place: Place

        func run() throws {
            let users = try place.with { (users) throws(LogError) in try users.list() }
            for user in users {
                try printOut("\(user.name)  \(user.mechanism)  \(user.iterations) iterations")
            }
        }
    }
}

/// Asks for a password on the terminal without showing it, twice; otherwise reads a line of standard input.
enum PasswordPrompt {
    static func read() -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return readLine() }
        var before = termios()
        guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer { unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
        writeToStandardError("password: ")
        let first = readLine()
        writeToStandardError("\nagain: ")
        let second = readLine()
        writeToStandardError("\n")
        return first == second ? first : nil
    }
}
