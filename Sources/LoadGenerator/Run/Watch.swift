import RecordFormat

/// The work of the run's thread during the run: it ends intervals, and commits positions.
///
/// Thread contract: belongs to the run's thread.
struct Watch {
    var reporter: Reporter
    private var commits: CommitTimer

    init(reporter: Reporter, commits: CommitTimer) {
        self.reporter = reporter
        self.commits = commits
    }

    var nextDeadline: Int64 { min(reporter.intervalEnd, commits.nextDeadline) }
    var commitFailures: [String] { commits.failures }

    mutating func tick(
        at now: Int64, isDraining: Bool, _ observe: (IntervalReport) -> Void
    ) {
        if now >= reporter.intervalEnd { endInterval(at: now, isDraining: isDraining, observe) }
        commits.commitWhatIsDue(at: now)
    }

    mutating func endInterval(
        at now: Int64, isDraining: Bool, _ observe: (IntervalReport) -> Void
    ) {
        observe(reporter.report(at: now, isDraining: isDraining))
    }

    mutating func commit() {
        commits.commitWhatIsDue(at: .max)
    }
}

/// Commits each group's positions every `auto.commit.interval.ms`, so that a later run can continue
/// from there even after a kill.
struct CommitTimer {
    private struct Entry {
        let board: GroupBoard
        let intervalNanos: Int64
        var deadline: Int64
    }

    private let target: any LoadTarget
    private var entries: [Entry]
    private(set) var failures: [String] = []

    init(profile: Profile, target: any LoadTarget, boards: [GroupBoard], start: Int64) {
        self.target = target
        entries = zip(profile.consumers, boards).map { settings, board in
            let interval = max(settings.autoCommitInterval.nanoseconds, 1_000_000)
            return Entry(board: board, intervalNanos: interval, deadline: start + interval)
        }
    }

    var nextDeadline: Int64 { entries.lazy.map(\.deadline).min() ?? .max }

    mutating func commitWhatIsDue(at now: Int64) {
        for index in entries.indices where entries[index].deadline <= now {
            entries[index].deadline =
                now > .max - entries[index].intervalNanos
                ? .max : now + entries[index].intervalNanos
            let board = entries[index].board
            let all = board.positions
            let positions = Dictionary(uniqueKeysWithValues: board.partitions.map { ($0, all[$0]) })
            do {
                if try target.commit(positions, of: board.group) { board.commit(all) }
            } catch {
                // Reported only once for each group.
                let failure = "the positions of group \(board.group) were not committed: \(error)"
                if !failures.contains(failure) { failures.append(failure) }
            }
        }
    }
}
