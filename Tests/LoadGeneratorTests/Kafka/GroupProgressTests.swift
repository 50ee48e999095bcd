import RecordFormat
import Testing

@testable import LoadGenerator

@Suite("What a group's members have committed")
struct GroupProgressTests {
    @Test("is all where each partition has its position, not where one is between two members")
    func covers() {
        var progress = GroupProgress([0: Offset(5), 1: Offset(7)])
        #expect(progress.hasCommitted([0: Offset(5), 1: Offset(7)]))
        #expect(!progress.hasCommitted([0: Offset(6), 1: Offset(7)]))
        // Whoever has 0 commits it; nobody has 1.
        progress.commit([0: Offset(6)])
        #expect(!progress.hasCommitted([0: Offset(6), 1: Offset(8)]))
        progress.commit([1: Offset(8)])
        #expect(progress.hasCommitted([0: Offset(6), 1: Offset(8)]))
        #expect(!progress.hasCommitted([2: .zero]))
        #expect(!GroupProgress().hasCommitted([0: .zero]))
    }
}
