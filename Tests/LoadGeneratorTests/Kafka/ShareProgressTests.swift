import KafkaClient
import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("How far a share group is")
struct ShareProgressTests {
    private func board() -> GroupBoard {
        GroupBoard(group: "g", positions: [.zero], isPaused: false, shared: [:])
    }

    @Test("a group is done where nothing is left, though the start offset is told one write late")
    func lateStart() {
        let board = board()
        board.drain(to: [Offset(100)])
        // The last acknowledgement was of 90 to 99.
        board.follow([0: ShareProgress(start: Offset(90), end: Offset(100), lag: 3)])
        #expect(board.positions == [Offset(97)])
        #expect(!board.hasReachedGoal)
        board.follow([0: ShareProgress(start: Offset(90), end: Offset(100), lag: 0)])
        #expect(board.hasReachedGoal)
    }

    @Test("the start offset stands for it where a broker tells no lag, and is never left behind")
    func noLag() {
        #expect(ShareProgress(start: Offset(7), end: Offset(9), lag: nil).position == Offset(7))
        #expect(ShareProgress(start: Offset(7), end: Offset(9), lag: -1).position == Offset(7))
        #expect(ShareProgress(start: Offset(7), end: nil, lag: 0).position == Offset(7))
        #expect(ShareProgress(start: Offset(7), end: Offset(9), lag: .max).position == Offset(7))
    }

    @Test("a broker without share groups is named, whether it lacks the requests or refuses them")
    func lack() throws {
        let refused = AdministrationError("tell how far the share group g is", .unsupportedVersion)
        let lack = try #require(KafkaTarget.lack(of: refused, "g"))
        #expect("\(lack)".contains("the brokers have no share groups (KIP-932)"))
        let other = AdministrationError("tell how far the share group g is", .notCoordinator)
        #expect(KafkaTarget.lack(of: other, "g") == nil)
    }
}
