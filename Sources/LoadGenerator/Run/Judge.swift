import Measurement

/// The rules of the verdict. Each has a name, a limit, and a sentence with the figure.
struct Judge {
    /// An open loop that sends less than this share of the due records did not offer its rate.
    static let sentShareLimit = 0.99
    /// A target that took less of the workers' time than this did not limit them.
    static let targetShareLimit = 0.5
    /// An event loop that is at work for more of the time has no time for more requests.
    static let loopShareLimit = 0.9
    /// Sockets that can take no more for more of the time, though the broker reads, are the limit.
    static let socketShareLimit = 0.9

    let result: RunResult
    /// Of the groups of producers.
    let rates: [Rate]

    func verdict() -> (Verdict, [String]) {
        let invalid = invalidReasons()
        let generator = generatorReasons()
        let suspect = suspectReasons()
        // The other reasons may explain an invalid run, such as an overload.
        if !invalid.isEmpty { return (.invalid, invalid + generator + suspect) }
        // An interrupted run is suspect, whatever limited it.
        if result.interruption != nil { return (.suspect, suspect + generator) }
        if !generator.isEmpty { return (.generatorBound, generator + suspect) }
        return suspect.isEmpty ? (.valid, []) : (.suspect, suspect)
    }

    private func invalidReasons() -> [String] {
        // Errors are sentences; these are clauses.
        var reasons = result.failures.map(Self.clause)
        let audit = result.audit
        for fault in AuditFault.allCases where audit[fault] > 0 {
            let what = fault == .lost ? "acknowledged records" : "records"
            let first = audit.firstPlace(of: fault).map { ", the first: \($0)" } ?? ""
            let command = result.fetchCommands[fault].map { " (\($0))" } ?? ""
            reasons.append("\(audit[fault]) \(what) were \(fault.rawValue)\(first)\(command)")
        }
        if result.producers.failedRecords > 0 {
            reasons.append("\(result.producers.failedRecords) records were refused by the target")
        }
        if let drain = result.drain, !drain.isComplete, !result.wasStopped, !drain.wasCut {
            reasons.append("consumers did not reach the end within drain.timeout")
        }
        if result.interruption == nil, let reason = emptinessReason { reasons.append(reason) }
        return reasons
    }

    private var emptinessReason: String? {
        if result.onlyConsumes {
            return result.groups.allSatisfy { $0.tally.records == 0 }
                ? "no record was read in the measured window" : nil
        }
        return result.producers.ackedRecords + result.producers.inDoubtRecords == 0
            ? "no record was acknowledged in the measured window" : nil
    }

    private static func clause(_ sentence: String) -> String {
        sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    }

    /// The target's share of the producers' working time: sealing, appending, and waiting for
    /// acknowledgements while records are due.
    ///
    /// Both are measured by the same clock, so a machine that gives the workers little CPU time
    /// affects the target's share and the generator's alike.
    var targetShare: Double {
        let usage = result.usage
        let held = usage.targetNanos + usage.blockedNanos
        let worked = usage.wallNanos - usage.idleNanos
        return worked > 0 ? min(Double(held) / Double(max(worked, held)), 1) : 1
    }

    /// The rate at which an open loop's records were sent, as a share of the rate at which they
    /// were due; nil for a closed loop.
    private var sentShare: Double? {
        let sent = Double(result.producers.sentRecords)
        guard !result.isClosedLoop, let window = result.windowNanos, !result.wasStopped else {
            return nil
        }
        let due = sent + Double(result.unsentRecords)
        guard due > 0 else { return nil }
        // Records that were sent after the window had ended were not sent at the rate.
        return sent / due * min(1, Double(window) / Double(max(result.sendingNanos, 1)))
    }

    private func generatorReasons() -> [String] {
        let share = targetShare
        guard share < Self.targetShareLimit else { return networkReasons }
        let percent = Int((share * 100).rounded())
        if result.isClosedLoop {
            return [
                "the target took only \(percent) % of the producers' time: throughput is at least this"
            ]
        }
        guard let sentShare, sentShare < Self.sentShareLimit else { return [] }
        return [
            "the generator sent \(Int(sentShare * 100)) % of the offered rate, and the target took only "
                + "\(percent) % of its time: throughput is at least this"
        ]
    }

    /// Where the generator's clients, and not the brokers, were the limit.
    private var networkReasons: [String] {
        guard let network = result.network,
            result.isClosedLoop || sentShare.map({ $0 < Self.sentShareLimit }) == true
        else { return [] }
        var reasons: [String] = []
        if let busy = network.busiestSendingLoopShare, busy > Self.loopShareLimit {
            reasons.append(
                "an event loop of the generator's clients was at work for \(Int(busy * 100)) % of the "
                    + "time: throughput is at least this")
        }
        let full = network.brokers.max { $0.fullShare ?? 0 < $1.fullShare ?? 0 }
        if let full, let share = full.fullShare, share > Self.socketShareLimit {
            reasons.append(
                "the sockets to broker \(full.nodeID) could take no more for \(Int(share * 100)) % of the "
                    + "time, though it read what came (send.buffer.bytes, or the network): throughput is "
                    + "at least this")
        }
        return reasons
    }

    /// How a rate changed, from its first third to its last.
    private static func change(_ settling: Settling) -> String {
        guard let first = settling.firstMedian, let last = settling.lastMedian else {
            return "in most intervals no record was acknowledged"
        }
        let way = last < first ? "fell" : "rose"
        return "it \(way) from \(Int(first.rounded())) to \(Int(last.rounded())) records a second, "
            + "the medians of its first and last third"
    }

    /// What a group got of the records in doubt.
    private static func foundInDoubt(_ group: RunResult.Group) -> String {
        guard group.audit.inDoubt > 0 else { return "" }
        return "; group \(group.group) got \(group.audit.foundInDoubt) of "
            + "\(group.audit.inDoubt) (with the warm-up's)"
    }

    private func suspectReasons() -> [String] {
        var reasons: [String] = []
        if let interruption = result.interruption, interruption.phase != .drain {
            reasons.append(interruption.reason)
        }
        if let drain = result.drain, !drain.isComplete, drain.wasCut {
            reasons.append(
                "the user cut the drain short: \(drain.unreadRecords) records were neither read "
                    + "nor audited")
        }
        if result.producers.inDoubtRecords > 0 {
            reasons.append(
                "\(result.producers.inDoubtRecords) records are in doubt: they were sent, and no answer "
                    + "says whether they are stored (a lost connection, a time-out, or acks: 0)"
                    + result.groups.map(Self.foundInDoubt).joined())
        }
        reasons += result.network?.reasons ?? []
        if let refused = result.network?.counts.refusedAcknowledgements, refused > 0 {
            reasons.append(
                "the acknowledgement of \(refused) records of share groups was refused, or lost with its session, so "
                    + "that they may be given again (lower max.poll.records, or raise "
                    + "share.record.lock.duration.ms of the group)")
        }
        reasons += result.groups.compactMap(Self.reasonOfOthers)
        reasons += result.flowReasons
        reasons += result.backgroundFaults.map(Self.clause)
        let machine = MachineReasons(result)
        reasons += machine.reasons
        if let percentiles = machine.percentiles { reasons.append(percentiles) }
        if machine.skewedRecords > 0 {
            reasons.append(
                "\(machine.skewedRecords) records arrived before they were due: the clocks differ")
        }
        let settling = Settling(rates: result.ackedRates)
        if settling.judgement == .unsettled, !rates.contains(where: \.isMeantToChange),
            result.producers.ackedRecords > 0
        {
            reasons.append("the rate had not settled: " + Self.change(settling))
        }
        if let sentShare, sentShare < Self.sentShareLimit {
            reasons.append(
                "the offered rate was not sustained: \(Int(sentShare * 100)) % of it was")
        }
        if let unsent = unsentReason { reasons.append(unsent) }
        return reasons + unreadReasons
    }

    /// Of a share group that was not the run's alone.
    private static func reasonOfOthers(in group: RunResult.Group) -> String? {
        guard let others = group.otherMembers else { return nil }
        let taken = group.audit.takenByOthers
        let what =
            taken > 0
            ? "\(taken) acknowledged records came to none of this run's: those have taken them, or they are lost"
            : "what those take does not come to this run's"
        let remedy = "(end them, or choose another name, and run again)"
        guard others == .unseen else {
            return
                "the share group \(group.group) had members beside this run's (\(others.text)), and \(what) \(remedy)"
        }
        // Where all records came it does not matter who was there.
        guard taken > 0 else { return nil }
        return
            "the share group \(group.group) perhaps had members beside this run's that nobody saw (its epoch rose, and "
            + "none of this run's members had left or joined), and \(what) \(remedy)"
    }

    /// Of groups that were to read more records of others than there were.
    private var unreadReasons: [String] {
        guard let wanted = result.recordsToRead, !result.wasStopped else { return [] }
        return result.groups.filter { $0.tally.records < wanted }.map {
            "group \($0.group) read \($0.tally.records) of \(wanted) records: for drain.timeout no more came"
        }
    }

    private var unsentReason: String? {
        let unsent = result.unsentRecords
        // Neither due nor sent records of the warm-up are counted.
        guard unsent > 0, result.interruption?.phase != .warmup else { return nil }
        let due = unsent + result.producers.sentRecords
        guard result.wasStopped else {
            let grace = ValueForm<Duration>.duration.print(.nanoseconds(result.sendGraceNanos))
            return
                "\(unsent) records were due and never sent: sending ended \(grace) after "
                + "the run's duration (send.grace)"
        }
        // A few unsent records are normal, because the end of a run always comes between the due
        // time and the sending of some.
        guard Double(unsent) > Double(due) * (1 - Self.sentShareLimit) else { return nil }
        return "\(unsent) records were due and not sent when the run ended"
    }
}

extension Rate {
    /// Whether the profile asks for a changing rate.
    fileprivate var isMeantToChange: Bool {
        switch self {
        case .max, .constant, .poisson: false
        case .steps, .ramp: true
        }
    }
}
