import Foundation
import LoadGenerator
import Reporting

/// What the user allows the settings to cost, as thresholds that are read as a profile's are.
struct AdviceBudget {
    let all: [Advice.Budget]
    /// The tightest upper limit on a latency that contains linger.ms.
    let latencyMillis: Double?

    init(limits: [String], cpu: Double?) throws {
        let profile = try Profile(
            yaml: "consumers: [{group: readers}]", source: "--latency",
            thresholds: limits.map { OptionText($0, origin: "--latency \($0)") })
        var budgets = try profile.thresholds.map(Self.budget)
        let latencies = budgets.filter { budget in
            budget.isAtMost
                && ["e2e_latency", "response_latency"].contains {
                    budget.metric.hasPrefix($0)
                }
        }
        latencyMillis = latencies.map { $0.limit / 1_000 }.min()
        if let cpu {
            budgets.append(
                Advice.Budget(
                    metric: "cpu_s_per_logical_gb", isAtMost: true, limit: cpu,
                    text: "CPU <= \(String(format: "%g", cpu)) s/GB"))
        }
        all = budgets
    }

    private static func budget(_ threshold: Threshold) throws(SampleError) -> Advice.Budget {
        guard case .number(let limit) = threshold.limit,
            ComparedMetric.all.contains(where: { $0.column == threshold.column })
        else {
            throw SampleError(
                description: "'\(threshold.text)' is no budget: it takes a limit on one of "
                    + ComparedMetric.all.map(\.column).joined(separator: ", "))
        }
        let isAtMost: Bool
        switch threshold.comparison {
        case .less, .atMost: isAtMost = true
        case .greater, .atLeast: isAtMost = false
        case .equal, .notEqual:
            throw SampleError(
                description: "'\(threshold.text)' is no budget: compare by < or >")
        }
        return Advice.Budget(
            metric: threshold.column, isAtMost: isAtMost, limit: limit, text: threshold.text)
    }
}
