/// A broker that runs for one run only, and its process.
///
/// Thread contract: safe from any thread.
public protocol TargetServer: Sendable {
    /// `host:port`.
    var address: String { get }
    /// Where it keeps its log.
    var dataDirectory: String { get }
    /// Why it ended; nil while it runs.
    var breakdown: TargetError? { get }
    /// Ends it cleanly; blocks.
    func end() throws(TargetError)
}
