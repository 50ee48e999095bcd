import RecordFormat

/// The work of the run's thread during the run: it ends intervals, and commits positions.
///
/// Thread contract: belongs to the run's thread.
struct Watch {
    var reporter: Reporter
    private var commits: CommitTimer
    private var shareGroups: ShareGroupWatch

    init(reporter: Reporter, commits: CommitTimer, shareGroups: ShareGroupWatch) {
        self.reporter = reporter
        self.commits = commits
        self.shareGroups = shareGroups
    }

    var nextDeadline: Int64 {
        min(reporter.intervalEnd, commits.nextDeadline, shareGroups.nextDeadline)
    }
    var commitFailures: [String] { commits.failures }

    mutating func tick(
        at now: Int64, isDraining: Bool, _ observe: (IntervalReport) -> Void
    ) {
        shareGroups.follow(at: now, isDraining: isDraining)
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

/// Tells share groups how far they are: they acknowledge records, and the brokers know what follows from that.
struct ShareGroupWatch {
    /// So often it looks for news: without any, a drain would be over later than the group is at the end.
    private static let pauseNanos: Int64 = 20_000_000

    private let target: any LoadTarget
    private let boards: [GroupBoard]
    /// By the monotonic clock; never where there is no share group.
    private(set) var nextDeadline = Int64.max

    init(target: any LoadTarget, boards: [GroupBoard]) {
        self.target = target
        self.boards = boards.filter { $0.shared != nil }
    }

    mutating func follow(at now: Int64, isDraining: Bool) {
        guard !boards.isEmpty else { return }
        nextDeadline = now + Self.pauseNanos
        for board in boards {
            let news = target.takeProgress(ofShareGroup: board.group, isDraining: isDraining)
            if let news { board.follow(news) }
        }
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
        // Share groups have acknowledged what they have read.
        let own = zip(profile.consumers, boards).filter { !$0.0.isShared }
        entries = own.map { settings, board in
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
