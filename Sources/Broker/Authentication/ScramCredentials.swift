import CommitLog
import Security

/// The users of SCRAM, as they are in the log directory. Thread contract: `credential` and `all` any thread; to
/// change them, the control thread.
final class ScramCredentials: Sendable {
    typealias Users = [String: [SaslMechanism: ScramCredential]]

    private struct State {
        var users: Users
        /// Of each mechanism the salts' lengths and the iterations that some users have.
        var shapes: [SaslMechanism: [(saltByteCount: Int, iterations: Int32)]]

        init(_ users: Users) {
            self.users = users
            shapes = [:]
            for (_, credentials) in users.sorted(by: { $0.key < $1.key }) {
                for (mechanism, credential) in credentials {
                    shapes[mechanism, default: []].append(
                        (credential.salt.count, credential.iterations))
                }
            }
        }
    }

    private let directory: String
    private let state: Locked<State>

    /// Reads those of a log directory.
    init(directory: String) throws(LogError) {
        self.directory = directory
        state = Locked(State(try Self.read(directory)))
    }

    func credential(of name: String, _ mechanism: SaslMechanism) -> ScramCredential? {
        state.withLock { state in
            guard let index = state.users.index(forKey: name),
                state.users[index].key.hasSameBytes(as: name)
            else { return nil }
            return state.users[index].value[mechanism]
        }
    }

    var all: Users { state.withLock { $0.users } }

    /// How a credential of somebody looks, for one who is not there.
    func anyShape(
        of mechanism: SaslMechanism, by number: Int
    ) -> (saltByteCount: Int, iterations: Int32) {
        state.withLock { state in
            guard let shapes = state.shapes[mechanism], !shapes.isEmpty else {
                return (24, ScramAlgorithm.iterations.lowerBound)
            }
            return shapes[number % shapes.count]
        }
    }

    /// Makes what `change` leaves durable, and then valid.
    func alter(_ change: (inout Users) -> Void) throws(LogError) {
        var altered = all
        change(&altered)
        try Self.write(altered, in: directory)
        let result = altered
        state.withLock { $0 = State(result) }
    }

    private static func read(_ directory: String) throws(LogError) -> Users {
        var users: Users = [:]
        for entry in try ScramCheckpoint.read(in: directory) {
            guard let mechanism = SaslMechanism(rawValue: entry.mechanism) else { continue }
            users[entry.user, default: [:]][mechanism] = ScramCredential(
                salt: entry.salt, storedKey: entry.storedKey, serverKey: entry.serverKey,
                iterations: entry.iterations)
        }
        return users
    }

    private static func write(_ users: Users, in directory: String) throws(LogError) {
        let entries = users.flatMap { user, credentials in
            credentials.map { mechanism, credential in
                ScramCheckpoint.Entry(
                    user: user, mechanism: mechanism.rawValue, salt: credential.salt,
                    storedKey: credential.storedKey, serverKey: credential.serverKey,
                    iterations: credential.iterations)
            }
        }
        try ScramCheckpoint.write(entries, in: directory)
    }
}
