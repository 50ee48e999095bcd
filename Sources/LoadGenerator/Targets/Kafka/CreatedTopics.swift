import Foundation
import KafkaClient
import Measurement
import NIOCore

/// The topics that a run has created in a cluster, and that are deleted at its end, however it ends.
/// Nothing else is ever deleted.
///
/// Their names are in a file of the run's folder while they are there, so that those of a killed run
/// can be found.
///
/// Thread contract: safe from any thread.
public final class CreatedTopics: Sendable {
    public static let fileName = "created-topics.txt"
    /// A cluster that does not delete the topics within this time keeps them.
    private static let patienceMs = 10_000
    private static let pauseNanos: UInt64 = 50_000_000

    private struct State {
        var administrator: Administrator?
        var names: [String] = []
        var clusterID = ""
    }

    private let path: String
    private let keeps: Bool
    private let state = CheckedMutex(State())

    /// - Parameters:
    ///   - directory: the folder of the run.
    ///   - keeps: whether they stay after the run.
    public init(directory: String, keeps: Bool = false) {
        path = directory + "/" + Self.fileName
        self.keeps = keeps
    }

    /// Notes a topic before it is created: its name was not in use in the cluster of this id.
    func willCreate(
        _ name: String, in clusterID: String, by administrator: Administrator
    ) throws(TargetError) {
        let topics = state.withLock { state in
            state.administrator = administrator
            state.clusterID = clusterID
            state.names.append(name)
            return LeftTopics(clusterID: clusterID, names: state.names)
        }
        guard !keeps else { return }
        do {
            try topics.text.write(toFile: path, atomically: false, encoding: .utf8)
        } catch {
            throw .failed("\(path) cannot be written: \(error.localizedDescription)")
        }
    }

    /// The topic belongs to somebody else, who was faster.
    func wasNotCreated(_ name: String) {
        let topics = state.withLock { state in
            state.names.removeAll { $0 == name }
            return LeftTopics(clusterID: state.clusterID, names: state.names)
        }
        guard !keeps else { return }
        // It must not be taken for this run's after a kill.
        try? topics.text.write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// Deletes the topics, once; blocks, and not on an event loop.
    public func delete() throws(TargetError) {
        let (names, administrator) = state.withLock { state in
            defer { state.names = [] }
            return (keeps ? [] : state.names, state.administrator)
        }
        guard let administrator, !names.isEmpty else { return }
        do {
            try administrator.cluster.eventLoop.makeFutureWithTask {
                for name in names { try await Self.delete(name, by: administrator) }
                try await Self.waitUntilGone(names, administrator)
            }.wait()
        } catch {
            throw .failed(
                "the topics of this run were not deleted (\(names.joined(separator: ", "))): \(error)"
            )
        }
        try? FileManager.default.removeItem(atPath: path)
    }

    private static func delete(_ name: String, by administrator: Administrator) async throws {
        do {
            try await administrator.deleteTopic(name)
        } catch let error as AdministrationError where error.code == .unknownTopicOrPartition {
            // It was not created after all, or somebody was faster.
        }
    }

    /// A cluster deletes topics later; the next run of a comparison has topics of the same names.
    private static func waitUntilGone(
        _ names: [String], _ administrator: Administrator
    ) async throws {
        let deadline = NIODeadline.now() + .milliseconds(Int64(patienceMs))
        while NIODeadline.now() < deadline {
            let there = Set(try await administrator.topicNames().map(\.name))
            if there.isDisjoint(with: names) { return }
            try await Task.sleep(nanoseconds: pauseNanos)
        }
    }
}
