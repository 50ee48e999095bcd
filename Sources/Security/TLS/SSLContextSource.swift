import NIOCore
import NIOSSL
import Synchronization

/// The newest keys and certificates that the settings' files have: when a file changes, connections that are
/// made from then on get what it has. What cannot be read leaves the old ones, is told once, and is tried again at
/// each look.
///
/// Thread contract: any thread. A look at the files is a call of `stat` for each, and waits for the disk, as reading
/// what has changed does; one thread looks, and the others go on with what there is.
package final class SSLContextSource: Sendable {
    private struct Look {
        /// Those that the credentials come from.
        var files: [FileState?]
        /// Those that could not be read and were told of.
        var reported: [FileState?]?
        var last: NIODeadline
    }

    package typealias Read =
        @Sendable (SSLSettings, SSLCredentials.Side) throws(StoreError) -> SSLCredentials

    private static let interval = TimeAmount.seconds(1)

    private let settings: SSLSettings
    private let side: SSLCredentials.Side
    private let read: Read
    private let look: Mutex<Look>
    private let credentials: Mutex<SSLCredentials>
    private let report: @Sendable (Result<SSLCredentials, StoreError>) -> Void

    /// Reads the files. Throws a `StoreError`.
    /// - Parameters:
    ///   - read: for tests.
    ///   - report: gets what a changed file has brought.
    package init(
        _ settings: SSLSettings, side: SSLCredentials.Side,
        read: @escaping Read = SSLContextSource.fromFiles,
        report: @escaping @Sendable (Result<SSLCredentials, StoreError>) -> Void
    ) throws(StoreError) {
        self.settings = settings
        self.side = side
        self.read = read
        self.report = report
        // The files are looked at before they are read: what changes in between is read again.
        look = Mutex(Look(files: Self.files(settings), last: .now()))
        credentials = Mutex(try read(settings, side))
    }

    /// The newest that were read. Looks at no file.
    package var newest: SSLCredentials { credentials.withLock { $0 } }

    /// The newest that the files have, as they were a second ago or later.
    package func current(now: NIODeadline = .now()) -> SSLCredentials {
        lookAgain(now: now, after: Self.interval)
        return newest
    }

    /// Reads files that have changed, unless somebody is looking just now, or has within that time.
    package func lookAgain(now: NIODeadline = .now(), after interval: TimeAmount = .zero) {
        let outcome = look.withLockIfAvailable { look -> Result<SSLCredentials, StoreError>? in
            guard now >= look.last + interval else { return nil }
            look.last = now
            return renewed(&look)
        }
        if let outcome, let outcome { report(outcome) }
    }

    /// Reads files that have changed; nil where there is nothing to tell.
    private func renewed(_ look: inout Look) -> Result<SSLCredentials, StoreError>? {
        let files = Self.files(settings)
        guard files != look.files else { return nil }
        do throws(StoreError) {
            let new = try read(settings, side)
            credentials.withLock { $0 = new }
            look.files = files
            look.reported = nil
            return .success(new)
        } catch {
            // There may be too few descriptors just now, so the same file is read again.
            guard files != look.reported else { return nil }
            look.reported = files
            return .failure(error)
        }
    }

    package static let fromFiles: Read = { (settings, side) throws(StoreError) in
        try SSLCredentials(settings, side: side)
    }

    private static func files(_ settings: SSLSettings) -> [FileState?] {
        [settings.keystoreLocation, settings.truststoreLocation].filter { !$0.isEmpty }
            .map { FileState($0) }
    }
}
