import ArgumentParser
import Foundation
import LoadGenerator
import Measurement
import Reporting

/// The search for the highest rate that a profile's target sustains. Each probe is a run with a
/// folder of its own, as in a comparison whose variants are the rates. The folders of the runs hold
/// all that the search has learnt, so it can continue wherever it ended.
///
/// Thread contract: belongs to the main thread.
final class RateFinder {
    private let profile: Profile
    private let plan: ComparisonPlan.RateSearch
    private let starter: RunStarter
    private let page: ResultsPageOptions
    private let beforeEachRun: (Duration?) -> Void
    private let timeLimit: Duration?
    /// Whether the runs that are left are shown; a debug build needs seconds to estimate them.
    private let foresees: Bool
    private let start = ContinuousClock.now
    private var folder: ComparisonFolder
    private var merged: MergedResults
    private var display: ComparisonDisplay
    private var search: RateSearch
    private var chance = SystemRandomNumberGenerator()
    /// With the outcome of each in its row.
    private var finished: [MergedResults.Run] = []
    private var limits: [Double: ProbeOutcome.Limit] = [:]
    /// Of the newest run that failed, with or without a disturbance.
    private var lastLimit: ProbeOutcome.Limit?
    private var repetitions: [String: Int] = [:]
    private var closedLoopRate: Double?
    private var runSeconds: [Double] = []
    /// Lost records are lost, also at a rate that was too high.
    private var status = ExitCode.success

    private static let closedLoop = "max"

    /// - Parameters:
    ///   - profile: with the bounds as thresholds; its rate says whether arrivals are Poisson.
    ///   - folder: of a new search, or of one that is continued.
    ///   - timeLimit: no run begins that would probably end later.
    ///   - beforeEachRun: waits for what a run needs, so long at most; nil is for any time.
    init(
        profile: Profile, folder: ComparisonFolder, lock: ComparisonLock, timeLimit: Duration?,
        isQuiet: Bool, terminal: TerminalOptions, page: ResultsPageOptions,
        beforeEachRun: @escaping (Duration?) -> Void
    ) {
        guard let plan = folder.plan.rateSearch else {
            preconditionFailure("a folder of a search has the search's plan")
        }
        self.profile = profile
        self.folder = folder
        self.plan = plan
        self.timeLimit = timeLimit
        display = ComparisonDisplay(isQuiet: isQuiet, terminal: terminal)
        foresees = !isQuiet || !page.noReport
        self.page = page
        self.beforeEachRun = beforeEachRun
        search = RateSearch(tolerance: plan.tolerance)
        starter = RunStarter(lock: lock)
        merged = MergedResults(
            folder: folder.path, startedAtUnixNanos: folder.plan.startedAtUnixNanos,
            origin: "weir \(Weir.version), \(profile.name)")
    }

    /// Searches until there is an answer, the time is over, or the search is interrupted.
    func find() throws -> (row: MaxRateRow, status: ExitCode) {
        try recover()
        sayCost()
        var state = MaxRateRow.State.running
        do {
            try Interrupts.handled(by: starter.endCurrent) {
                while state == .running { state = try step() }
            }
        } catch {
            // The runs so far stay.
            try? write(row(.interrupted))
            throw error
        }
        let row = row(state)
        try write(row)
        if state == .interrupted { return (row, ExitStatus.interrupted) }
        if row.answer.safe != nil { return (row, status) }
        // Without a run nothing is known of any rate.
        let unanswered = row.tally.runs > 0 ? ExitCode.notSustained : .failure
        return (row, ExitStatus.graver(status, unanswered))
    }

    /// Makes the next run; returns the search's state: running, or why it ended.
    private func step() throws -> MaxRateRow.State {
        if search.next == .done {
            let hasAll = search.tally.runs >= search.mostProbes
            return hasAll && !search.answer.isConfirmed ? .outOfProbes : .done
        }
        if isOutOfTime { return .outOfTime }
        beforeEachRun(timeLimit.map { $0 - (ContinuousClock.now - start) - expectedRun })
        if Interrupts.wasInterrupted { return .interrupted }
        if isOutOfTime { return .outOfTime }
        switch search.next {
        case .probeClosedLoop: guard try probeClosedLoop() else { return .interrupted }
        case .probe(let rate): guard try probe(rate) else { return .interrupted }
        case .done: break
        }
        let row = row(.running)
        try write(row)
        page.writeOfSearch(in: folder.path)
        display.print("  \(row.progress)\(remaining(row.probesLeft))")
        return .running
    }

    /// Whether one more run would not be over in time.
    private var isOutOfTime: Bool {
        timeLimit.map { ContinuousClock.now - start + expectedRun > $0 } ?? false
    }

    private var expectedRun: Duration {
        .seconds(Statistics.median(runSeconds) ?? profile.plannedSeconds ?? 0)
    }

    // MARK: What is known

    /// Takes over what an earlier process has found, in the same order.
    private func recover() throws {
        let runs = try folder.finishedRuns.map { (run: $0, row: try folder.summary(of: $0)) }
            .sorted { ($0.row?["started_at"] ?? "") < ($1.row?["started_at"] ?? "") }
        for (run, row) in runs {
            guard let row else { continue }
            let name = folder.plan.variants[run.variant].name
            repetitions[name, default: 0] += 1
            if name == Self.closedLoop {
                try takeClosedLoop(run, row)
            } else if let rate = Self.rate(named: name), closedLoopRate != nil {
                _ = take(run, row, at: rate)
            }
        }
        guard !finished.isEmpty else { return }
        try merged.rebuild(finished)
        display.print("continuing \(folder.path): \(row(.running).progress)")
    }

    private static func name(of rate: Double) -> String { "\(Int(rate))/s" }
    private static func rate(named name: String) -> Double? { Double(name.dropLast(2)) }

    private func row(_ state: MaxRateRow.State) -> MaxRateRow {
        let answer = search.answer
        let limit = answer.notSustained.flatMap { limits[$0.rate] }
        let left = state == .running && foresees ? search.probesLeft(using: &chance)?.middle : nil
        return MaxRateRow(
            runID: folder.runID, profile: profile.name, state: state, answer: answer,
            tally: search.tally, limit: limit ?? (answer.safe == nil ? lastLimit : nil),
            tolerance: plan.tolerance, bounds: plan.bounds, closedLoopRate: closedLoopRate,
            probesLeft: left)
    }

    private func write(_ row: MaxRateRow) throws(ReportingError) {
        try AtomicFile.replace(
            folder.path + "/" + MaxRateRow.fileName, with: CSVTable.text(of: [row]))
        try DataPackage.write(in: folder.path, name: folder.runID)
    }

    /// What the search will cost, printed before its first run.
    private func sayCost() {
        guard closedLoopRate == nil, foresees else { return }
        var play = search
        // How far the limit is from the closed loop is unknown; the scale does not matter.
        play.closedLoop(reached: 100_000)
        guard let cost = play.probesLeft(using: &chance), let seconds = profile.plannedSeconds
        else {
            return
        }
        func time(_ probes: Int) -> String {
            SearchCost.text(seconds: Double(probes + 1) * seconds)
        }
        let limit = timeLimit.map { "; --max-time \(SearchCost.text(seconds: $0 / .seconds(1)))" }
        display.print(
            "\(profile.name): a closed loop, then about \(cost.middle) runs, about "
                + "\(time(cost.middle)); at most \(search.mostProbes) runs, \(time(search.mostProbes))"
                + "\(limit ?? ""); to \(folder.path)")
    }

    private func remaining(_ probes: Int?) -> String {
        guard let probes, probes > 0 else { return "" }
        let seconds = Double(probes) * (expectedRun / .seconds(1))
        return ", " + ComparisonLine.remaining(seconds, nowUnixNanos: WallClock.now())
    }

    // MARK: Probes

    private var arrivesByChance: Bool {
        if case .poisson = profile.producers.rate { true } else { false }
    }

    /// The target's rate in a closed loop; false if it was interrupted.
    private func probeClosedLoop() throws -> Bool {
        var profile = self.profile
        profile.producers.rate = .max
        // The bounds are not applied to it; one on the offered rate could not be.
        profile.thresholds = []
        let title = "closed loop, to find where to start"
        let ending = try run(profile, rate: Self.closedLoop, title: title)
        guard case .finished(let run, let row, _) = ending else { return false }
        try takeClosedLoop(run, row)
        try merged.add(lastOf: finished, failed: [])
        display.end("\(Self.closedLoop)  \(ComparisonLine.result(row))")
        return true
    }

    private func takeClosedLoop(_ run: ComparisonPlan.Run, _ row: CSVTable.Row) throws {
        let reached = row.number("acked_rate_records_per_s") ?? 0
        guard reached > 0, row["verdict"] != Verdict.invalid.rawValue else {
            throw RateFinderError(
                description: "the closed loop failed, so there is no rate to begin "
                    + "with: \(row["verdict_reasons"] ?? "nothing was acknowledged")")
        }
        closedLoopRate = reached
        search.closedLoop(reached: reached)
        finished.append(folder.merged(run))
    }

    /// Makes one run at a rate and tells the search the outcome; false if it was interrupted.
    private func probe(_ rate: Double) throws -> Bool {
        var profile = self.profile
        let records = RecordRate.perSecond(Int(rate))
        profile.producers.rate = arrivesByChance ? .poisson(records) : .constant(records)
        let name = Self.name(of: rate)
        let title = "probe \(search.tally.runs + 1), \(name)"
        let ending = try run(profile, rate: name, title: title)
        guard case .finished(let run, let row, let code) = ending else { return false }
        if code == ExitStatus.dataLost { status = code }
        let outcome = take(run, row, at: rate)
        try merged.add(lastOf: finished, failed: [])
        display.end("\(title)  \(Self.told(outcome))")
        return true
    }

    /// Judges a finished run and tells the search.
    private func take(
        _ run: ComparisonPlan.Run, _ row: CSVTable.Row, at rate: Double
    ) -> ProbeOutcome {
        let place = folder.path(of: run) + "/"
        let outcome = ProbeOutcome(
            summary: row, thresholds: try? CSVTable(path: place + ThresholdRow.fileName),
            timeSeries: try? CSVTable(path: place + TimeSeriesRow.fileName),
            arrivesByChance: arrivesByChance)
        search.probed(rate, outcome.outcome)
        if let limit = outcome.limit {
            lastLimit = limit
            if outcome.disturbance == nil { limits[rate] = limit }
        }
        finished.append(folder.merged(run, more: outcome.fields))
        return outcome
    }

    private static func told(_ outcome: ProbeOutcome) -> String {
        guard let limit = outcome.limit else { return "held" }
        guard let disturbance = outcome.disturbance else { return "failed: \(limit)" }
        return "failed during a disturbance: \(limit); \(disturbance)"
    }

    private enum Ending {
        case finished(ComparisonPlan.Run, CSVTable.Row, ExitCode)
        case cutShort
    }

    /// Makes one run at a rate, which becomes a new variant if it was not tried before.
    private func run(_ profile: Profile, rate: String, title: String) throws -> Ending {
        if !folder.plan.variants.contains(where: { $0.name == rate }) {
            try folder.add(
                rate, settings: [.init(path: "producers.rate", value: rate)], profile: profile)
        }
        let run = ComparisonPlan.Run(
            variant: folder.plan.variants.firstIndex { $0.name == rate }!,
            repetition: repetitions[rate, default: 0] + 1)
        let start = ContinuousClock.now
        display.begin(title)
        let ending = try starter.make(run, in: folder) { display.show($0, place: title) }
        switch ending {
        case .finished(let row, let code):
            repetitions[rate] = run.repetition
            runSeconds.append((ContinuousClock.now - start) / .seconds(1))
            return .finished(run, row, code)
        case .cutShort:
            display.end("\(title)  cut short")
            return .cutShort
        case .failed(let reason, let code):
            display.end("\(title)  FAILED: \(reason)")
            // No rate caused it, so the next run would fail as well.
            throw code
        }
    }
}

/// Why a search could not begin.
struct RateFinderError: Error, CustomStringConvertible {
    /// Whether the profile is the cause, and not its run.
    var isOfProfile = false
    let description: String
}

extension ExitCode {
    /// The bounds hold at no rate: the status of a failed threshold.
    fileprivate static let notSustained = ExitStatus.thresholdFailed
}
