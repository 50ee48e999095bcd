import KafkaProtocol
import Testing

@testable import Broker

/// Runs the state of a share partition against a table with one row for each offset.
@Suite("A share partition's state, whatever happens to it,")
struct SharePartitionModelTests {
    /// What is known of one offset.
    private struct Row: Equatable {
        enum State: Equatable {
            case available
            case held(UInt64, untilMs: Int64)
            case done
        }

        var state: State
        var count: Int16
    }

    /// A group's view of a log with gaps, markers and ends of batches.
    private final class Run {
        var generator: SeededGenerator
        var state = SharePartitionState(start: 0, epoch: 0)
        /// What a restart would read.
        var stored = SharePartitionState(start: 0, epoch: 0)
        var rows: [Int64: Row] = [:]
        var start: Int64 = 0
        var end: Int64 = 0
        var nowMs: Int64 = 0
        var limits = ShareLimits()
        /// Accepted or rejected, and told so.
        var settled: Set<Int64> = []
        let batches: [ShareBatch]
        var deliveries: [Int64: Int] = [:]

        init(_ seed: String) {
            var generator = SeededGenerator(test: seed)
            limits.maxRecordLocks = Int.random(in: 5...60, using: &generator)
            limits.deliveryCountLimit = Int16.random(in: 2...5, using: &generator)
            limits.lockMs = 100
            func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &generator) == 0 }
            var batches: [ShareBatch] = []
            var offset: Int64 = 0
            for _ in 0..<60 {
                if chance(8) { offset += Int64.random(in: 1...4, using: &generator) }
                let last = offset + Int64.random(in: 0...9, using: &generator)
                batches.append(
                    ShareBatch(
                        first: offset, last: last, byteCount: 10,
                        isDeliverable: !chance(10)))
                offset = last + 1
            }
            self.batches = batches
            self.generator = generator
        }

        func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &generator) == 0 }

        func step() throws {
            nowMs += Int64.random(in: 0...20, using: &generator)
            let holder = ShareHolder(rawValue: UInt64.random(in: 1...3, using: &generator))
            switch Int.random(in: 0..<12, using: &generator) {
            case 0...3: acquire(holder)
            case 4...8: try acknowledge(holder)
            case 9: release { $0 == holder.rawValue }
            case 10: expire()
            default: if chance(6) { moveStart() }
            }
            check()
        }

        private func acquire(_ holder: ShareHolder) {
            guard let next = state.nextFetch(limits) else {
                #expect(rows.values.filter { $0.state != .done }.count >= limits.maxRecordLocks)
                #expect(!rows.values.contains { $0.state == .available })
                return
            }
            let first = rows.filter { $0.value.state == .available }.keys.min() ?? end
            #expect(next.offset == first)
            let count = Int.random(in: 1...8, using: &generator)
            let found = Array(batches.filter { $0.last >= first }.prefix(count))
            guard let last = found.last?.last else { return }
            let mode: ShareAcquireMode = chance(2) ? .recordLimit : .batchOptimized
            let max = Int.random(in: 1...30, using: &generator)
            let got = state.acquire(
                AcquireRequest(holder: holder, maxRecords: max, batchSize: 7, mode: mode),
                in: found, from: first, limits, nowMs: nowMs)
            var offsets: Set<Int64> = []
            for range in got.ranges {
                for offset in range.first...range.last {
                    #expect(offsets.insert(offset).inserted)
                    #expect(offset >= first && offset <= last)
                    let row = rows[offset] ?? Row(state: .available, count: 0)
                    #expect(row.state == .available)
                    #expect(row.count + 1 == range.deliveryCount)
                    #expect(range.deliveryCount <= limits.deliveryCountLimit)
                    #expect(
                        found[got.batches].contains {
                            $0.isDeliverable && $0.first <= offset && offset <= $0.last
                        })
                    #expect(!settled.contains(offset))
                    deliveries[offset, default: 0] += 1
                }
            }
            #expect(offsets.count == got.count)
            if mode == .recordLimit { #expect(got.count <= max) }
            if let best = found.first(where: { $0.first <= first && $0.isDeliverable }),
                best.last >= first
            {
                #expect(got.count > 0)
            }
            // Only what lies in no batch for clients has become done.
            end = Swift.max(end, state.end)
            for offset in start..<end {
                if offsets.contains(offset) {
                    let count = (rows[offset]?.count ?? 0) + 1
                    rows[offset] = Row(
                        state: .held(holder.rawValue, untilMs: nowMs + limits.lockMs),
                        count: count)
                } else if rows[offset]?.state ?? .available == .available {
                    if offset < state.start || state.run(at: offset)?.isDone == true {
                        let isInBatch = batches.contains {
                            $0.isDeliverable && $0.first <= offset && offset <= $0.last
                        }
                        #expect(!isInBatch)
                        rows[offset] = Row(state: .done, count: 0)
                    } else if rows[offset] == nil {
                        rows[offset] = Row(state: .available, count: 0)
                    }
                }
            }
            trim()
        }

        private func acknowledge(_ holder: ShareHolder) throws {
            var pieces: [Acknowledgement] = []
            var offset = start - Int64.random(in: 0...3, using: &generator)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                offset += Int64.random(in: 0...6, using: &generator)
                let last = offset + Int64.random(in: 0...8, using: &generator)
                guard let type = AcknowledgeType.allCases.randomElement(using: &generator) else {
                    return
                }
                // Mostly what the holder has.
                let mine = (offset...last).filter { isHeld($0, by: holder.rawValue) }
                if let first = mine.first, let end = mine.last, !chance(5) {
                    var stop = first
                    while stop < end, mine.contains(stop + 1) { stop += 1 }
                    pieces.append(Acknowledgement(first: first, last: stop, type: type))
                    offset = stop + 1
                } else if chance(6) {
                    pieces.append(
                        Acknowledgement(first: max(offset, 0), last: max(last, 0), type: type))
                    offset = last + 1
                }
            }
            for (before, after) in zip(pieces, pieces.dropFirst())
            where after.first <= before.last { return }
            let isRight = pieces.allSatisfy { piece in
                (piece.first...piece.last).allSatisfy {
                    $0 < start || isHeld($0, by: holder.rawValue)
                }
            }
            let before = state
            do throws(AcknowledgementFault) {
                let changes = try state.acknowledge(pieces, by: holder, limits, nowMs: nowMs)
                #expect(isRight)
                for piece in pieces {
                    for offset in piece.first...piece.last where offset >= start {
                        apply(piece.type, to: offset, holder)
                    }
                }
                store(changes)
            } catch {
                #expect(!isRight)
                #expect(state == before)
            }
            trim()
        }

        private func isHeld(_ offset: Int64, by holder: UInt64) -> Bool {
            if case .held(holder, _)? = rows[offset]?.state { true } else { false }
        }

        private func apply(_ type: AcknowledgeType, to offset: Int64, _ holder: ShareHolder) {
            switch type {
            case .renew:
                rows[offset]?.state = .held(holder.rawValue, untilMs: nowMs + limits.lockMs)
            case .release: free(offset)
            default:
                settled.insert(offset)
                rows[offset] = Row(state: .done, count: 0)
            }
        }

        private func free(_ offset: Int64) {
            guard let row = rows[offset] else { return }
            rows[offset] =
                row.count >= limits.deliveryCountLimit
                ? Row(state: .done, count: 0) : Row(state: .available, count: row.count)
            if row.count >= limits.deliveryCountLimit { settled.insert(offset) }
        }

        private func release(_ isFreed: (UInt64) -> Bool) {
            let holders = (1...3 as ClosedRange<UInt64>).filter(isFreed)
            for holder in holders {
                store(state.release(ShareHolder(rawValue: holder), limits))
            }
            for (offset, row) in rows {
                if case .held(let holder, _) = row.state, isFreed(holder) { free(offset) }
            }
            trim()
        }

        private func expire() {
            store(state.expire(limits, nowMs: nowMs))
            for (offset, row) in rows {
                if case .held(_, let until) = row.state, until <= nowMs { free(offset) }
            }
            trim()
        }

        private func moveStart() {
            let to = start + Int64.random(in: 0...12, using: &generator)
            state.moveStart(to: to)
            for offset in start..<max(to, start) { rows[offset] = nil }
            start = max(start, to)
            end = max(end, to)
            trim()
        }

        /// The start is where the first open offset is.
        private func trim() {
            while start < end, rows[start]?.state == .done {
                rows[start] = nil
                start += 1
            }
        }

        private func store(_ changes: [DeliveryChange]) {
            let isTaken = stored.restore(start: state.start, changes)
            #expect(isTaken)
        }

        private func check() {
            #expect(state.start == start)
            #expect(state.end == end)
            #expect(state.inFlightCount == rows.values.filter { $0.state != .done }.count)
            #expect(state.availableCount == rows.values.filter { $0.state == .available }.count)
            for offset in start..<end {
                guard let run = state.run(at: offset), let row = rows[offset] else {
                    Issue.record("offset \(offset) is not known")
                    return
                }
                switch (run.state, row.state) {
                case (.available, .available), (.done, .done): break
                case (.acquired(let holder, let until), .held(let other, let time)):
                    #expect(holder.rawValue == other && until == time)
                default: Issue.record("offset \(offset): \(run) and \(row)")
                }
                #expect(run.deliveryCount == row.count)
            }
            for (left, right) in zip(state.runs.all, state.runs.all.dropFirst()) {
                #expect(left.end == right.first)
                #expect(left.state != right.state || left.deliveryCount != right.deliveryCount)
            }
            // A restart delivers nothing again that was settled.
            for offset in settled where offset >= stored.start {
                #expect(stored.run(at: offset)?.isDone == true, "\(offset)")
            }
            #expect(stored.start <= state.start)
            var snapshot = SharePartitionState(start: state.start, epoch: 0)
            let isTaken = snapshot.restore(start: nil, state.snapshot)
            #expect(isTaken)
            #expect(snapshot.start == state.start)
        }
    }

    @Test("is what a table with a row for each offset says", arguments: 0..<30)
    func model(_ number: Int) throws {
        let run = Run("share partition \(number)")
        for _ in 0..<120 { try run.step() }
    }
}
