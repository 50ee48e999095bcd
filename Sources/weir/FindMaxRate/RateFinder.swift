import ArgumentParser
import Foundation
import LoadGenerator
import Measurement
import RecordFormat
import Reporting

/// The search for the highest rate that a profile's target sustains: each probe a run with a folder
/// of its own, as in a comparison whose variants are the rates.
///
/// Thread contract: belongs to the main thread.
final class RateFinder {
    private let profile: Profile
    private let bounds: [String]
    private let tolerance: Double
    private let starter: RunStarter
    private var folder: ComparisonFolder
    private var merged: MergedResults
    private var display: ComparisonDisplay
    /// With what was found of each in its row.
    private var finished: [MergedResults.Run] = []
    private var limits: [Double: ProbeOutcome.Limit] = [:]
    private var repetitions: [String: Int] = [:]
    private var probes = 0
    private var disturbedProbes = 0
    private var closedLoopRate: Double?
    /// Loss is loss, even at a rate that was too high.
    private var status = ExitCode.success

    /// - Parameters:
    ///   - profile: with the bounds as thresholds; its rate says whether arrivals are Poisson.
    ///   - bounds: those that the user gave, or the defaults, as text.
    init(
        profile: Profile, bounds: [String], tolerance: Double, folder: ComparisonFolder,
        lock: ComparisonLock, display: ComparisonDisplay
    ) {
        self.profile = profile
        self.bounds = bounds
        self.tolerance = tolerance
        self.folder = folder
        self.display = display
        starter = RunStarter(lock: lock)
        merged = MergedResults(
            folder: folder.path, startedAtUnixNanos: folder.plan.startedAtUnixNanos,
            origin: "weir \(Weir.version), \(profile.name)")
    }

    /// Searches to the end; nil where it was interrupted.
    func find() throws -> (row: MaxRateRow, status: ExitCode)? {
        try Interrupts.handled(by: starter.endCurrent) {
            var search = RateSearch(tolerance: tolerance)
            while true {
                switch search.next {
                case .probeClosedLoop:
                    guard let rate = try probeClosedLoop() else { return nil }
                    closedLoopRate = rate
                    search.closedLoop(reached: rate)
                case .probe(let rate):
                    guard try probe(rate, &search) else { return nil }
                case .done(let answer):
                    let row = row(answer, of: search)
                    try AtomicFile.replace(
                        folder.path + "/" + MaxRateRow.fileName, with: CSVTable.text(of: [row]))
                    let isFound = answer.rate != nil
                    return (row, isFound ? status : ExitStatus.graver(status, .notSustained))
                }
            }
        }
    }

    private func row(_ answer: RateSearch.Answer, of search: RateSearch) -> MaxRateRow {
        func tally(_ rate: Double?) -> MaxRateRow.Tally? {
            rate.map(search.tally).map { MaxRateRow.Tally(held: $0.held, failed: $0.failed) }
        }
        return MaxRateRow(
            runID: folder.runID, profile: profile.name, rate: answer.rate,
            notSustainedRate: answer.notSustained, rateTally: tally(answer.rate),
            notSustainedTally: tally(answer.notSustained),
            limit: answer.notSustained.flatMap { limits[$0] },
            isAtLeast: answer.isLimitedByGenerator, isConfirmed: answer.isConfirmed,
            tolerance: tolerance, bounds: bounds, closedLoopRate: closedLoopRate, probes: probes,
            disturbedProbes: disturbedProbes)
    }

    // MARK: Probes

    private var arrivesByChance: Bool {
        if case .poisson = profile.producers.rate { true } else { false }
    }

    /// What the target takes as fast as it goes; nil where it was interrupted.
    private func probeClosedLoop() throws -> Double? {
        var profile = self.profile
        profile.producers.rate = .max
        // No bound is judged by it, and one on the offered rate could not be.
        profile.thresholds = []
        let ending = try run(profile, rate: "max", title: "closed loop, to know where to look")
        guard case .finished(let run, let row, _) = ending else { return nil }
        let reached = row.number("acked_rate_records_per_s") ?? 0
        guard reached > 0, row["verdict"] != Verdict.invalid.rawValue else {
            throw RateFinderError(
                description: "the closed loop did not run well, so there is no rate to begin "
                    + "with: \(row["verdict_reasons"] ?? "nothing was acknowledged")")
        }
        try add(folder.merged(run))
        display.end("max  \(ComparisonLine.result(row))")
        return reached
    }

    /// Makes one run at a rate and tells the search; false where it was interrupted.
    private func probe(_ rate: Double, _ search: inout RateSearch) throws -> Bool {
        var profile = self.profile
        let records = RecordRate.perSecond(Int(rate))
        profile.producers.rate = arrivesByChance ? .poisson(records) : .constant(records)
        probes += 1
        let name = "\(Int(rate))/s"
        let ending = try run(profile, rate: name, title: "probe \(probes), \(name)")
        guard case .finished(let run, let row, let code) = ending else { return false }
        if code == ExitStatus.dataLost { status = code }
        let place = folder.path(of: run) + "/"
        let outcome = ProbeOutcome(
            summary: row, thresholds: try? CSVTable(path: place + ThresholdRow.fileName),
            timeSeries: try? CSVTable(path: place + TimeSeriesRow.fileName),
            arrivesByChance: arrivesByChance)
        let counts = search.probed(rate, outcome.outcome)
        if !counts { disturbedProbes += 1 }
        if counts, let limit = outcome.limit { limits[rate] = limit }
        let found = [
            (column: "sustained", value: "\(outcome.isSustained)"),
            (column: "not_sustained_since", value: outcome.limit?.description ?? ""),
            (column: "disturbed_since", value: outcome.disturbance?.description ?? ""),
            (column: "counts", value: "\(counts)"),
        ]
        try add(folder.merged(run, more: found))
        display.end("probe \(probes), \(name)  \(Self.told(outcome, counts: counts))")
        return true
    }

    private static func told(_ outcome: ProbeOutcome, counts: Bool) -> String {
        guard let limit = outcome.limit else { return "sustained" }
        let disturbed = outcome.disturbance.map { "; \($0)" } ?? ""
        let counted = counts ? "not sustained" : "disturbed, to be made again"
        return "\(counted): \(limit)\(disturbed)"
    }

    private enum Ending {
        case finished(ComparisonPlan.Run, CSVTable.Row, ExitCode)
        case cutShort
    }

    /// Makes one run of a rate, which becomes a variant where it was not tried before.
    private func run(_ profile: Profile, rate: String, title: String) throws -> Ending {
        if repetitions[rate] == nil {
            try folder.add(
                rate, settings: [.init(path: "producers.rate", value: rate)], profile: profile)
        }
        repetitions[rate, default: 0] += 1
        let run = ComparisonPlan.Run(
            variant: folder.plan.variants.firstIndex { $0.name == rate }!,
            repetition: repetitions[rate]!)
        display.begin(title)
        let ending = try starter.make(run, in: folder) { display.show($0, place: title) }
        switch ending {
        case .finished(let row, let code): return .finished(run, row, code)
        case .cutShort:
            display.end("\(title)  cut short")
            return .cutShort
        case .failed(let reason, let code):
            display.end("\(title)  FAILED: \(reason)")
            // No rate is to blame for it, and the next one would fare no better.
            throw code
        }
    }

    private func add(_ run: MergedResults.Run) throws(ReportingError) {
        finished.append(run)
        try merged.add(lastOf: finished, failed: [])
    }
}

/// Why a search could not begin.
struct RateFinderError: Error, CustomStringConvertible {
    /// Whether the profile is to blame, and not what came of its run.
    var isOfProfile = false
    let description: String
}

extension ExitCode {
    /// The bounds hold at no rate: as for a threshold that failed.
    fileprivate static let notSustained = ExitStatus.thresholdFailed
}
