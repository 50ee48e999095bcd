import Foundation
import Measurement

/// At which prices two settings cost the same: a line for the cheapest setting and each of the next ones, and
/// the user's prices as a point. A panel for each topic.
enum EqualCostChart {
    /// Prices up to so many times the user's, and down to that part of them.
    private static let reach = 10.0
    private static let lineLimit = 3
    private static let stepCount = 480
    private static let title = "Prices at which settings cost the same"

    /// Nothing, with a note, where a price is 0, which has no place on a logarithmic axis.
    static func picture(of entries: [CostChart.Entry], subtitle: [String]) -> Charts.Plan {
        let first = entries[0]
        let (hour, month) = (first.number("core_hour_price"), first.number("gb_month_price"))
        guard hour > 0, month > 0 else {
            return Charts.Plan(notes: [
                "\(title): left out, since a price of a core-hour or of a GB-month is 0"
            ])
        }
        let topics = Array(entries.map(\.topic).uniqued().prefix(CostChart.panelLimit))
        var panels = topics.compactMap { topic -> Chart.Panel? in
            var panel = panel(
                entries.filter { $0.topic == topic && $0.row["cost_per_month"] != nil },
                hour: hour, month: month, isAlone: topics.count == 1)
            panel?.title = topics.count > 1 ? topic : ""
            return panel
        }
        guard !panels.isEmpty else {
            return Charts.Plan(notes: [
                "\(title): left out, since at no prices near these do two cost the same, or only where disk hardly matters"
            ])
        }
        for index in panels.indices.dropLast() { panels[index].x.label = "" }
        return Charts.Plan(charts: [
            Chart(
                name: "equal-cost", title: title,
                finding: finding(entries.filter { $0.topic == topics[0] }), subtitle: subtitle,
                caption:
                    "On a line the cheapest setting and the one that it names cost the same; beyond it, away "
                    + "from the disc, which is at the prices given, that one costs less.",
                panels: panels, table: values(entries))
        ])
    }

    /// The cheapest and the next one at the prices given, of one topic.
    private static func finding(_ entries: [CostChart.Entry]) -> String {
        let sorted = entries.filter { $0.row["cost_per_month"] != nil }.sorted {
            $0.number("cost_per_month") < $1.number("cost_per_month")
        }
        guard sorted.count > 1 else { return "" }
        let topic = sorted[0].topic.isEmpty ? "" : " for \(sorted[0].topic)"
        let costs = sorted.prefix(2).map { Figure.significant($0.number("cost_per_month")) }
        return
            "At these prices \(sorted[0].setting) costs least\(topic), \(costs[0]) a month; the next one, "
            + "\(sorted[1].setting), costs \(costs[1])."
    }

    private static func panel(
        _ entries: [CostChart.Entry], hour: Double, month: Double, isAlone: Bool
    ) -> Chart.Panel? {
        let sorted = entries.sorted { $0.number("cost_per_month") < $1.number("cost_per_month") }
        guard let cheapest = sorted.first else { return nil }
        let hours = Chart.Axis.logarithmic(
            "price of a core-hour", [hour / reach, hour * reach], text: Figure.plain)
        let months = Chart.Axis.logarithmic(
            "price of a GB-month", [month / reach, month * reach], text: Figure.plain)
        let lines = sorted.dropFirst().compactMap { other in
            let points = points(cheapest, other, hours.range).filter {
                months.range.contains($0.y ?? 0)
            }
            return points.count > 1 ? (other.setting, points) : nil
        }.prefix(lineLimit)
        guard !lines.isEmpty else { return nil }
        var panel = Chart.Panel(x: hours, y: months, series: [])
        panel.series = lines.enumerated().map { index, line in
            Chart.Series(
                name: "\(cheapest.setting) costs as much as \(line.0)", mark: .line(width: 1.6),
                ink: Palette.variant(index), points: line.1)
        }
        panel.series.append(
            Chart.Series(
                name: "", mark: .discs, ink: Ink(colour: .foreground),
                points: [Chart.Point(hour, month)]))
        panel.notes = NotePlacement.place(
            [Chart.Note(text: "\(cheapest.setting) costs least here", x: hour, y: month)],
            in: panel,
            isAlone: isAlone)
        return panel
    }

    /// The price of a GB-month at each price of a core-hour; only where it is above 0.
    private static func points(
        _ a: CostChart.Entry, _ b: CostChart.Entry, _ range: ClosedRange<Double>
    ) -> [Chart.Point] {
        func hours(_ entry: CostChart.Entry) -> Double {
            (entry.number("producer_cores") + entry.number("consumer_cores"))
                * CostRow.hoursAMonth
        }
        func zones(_ entry: CostChart.Entry) -> Double { entry.number("zone_cost_per_month") }
        let disk = a.number("disk_gb") - b.number("disk_gb")
        guard disk != 0 else { return [] }
        // Fine steps, since a line is steep where disk hardly matters.
        return (0...stepCount).compactMap { step in
            let share = Double(step) / Double(stepCount)
            let hour = range.lowerBound * pow(range.upperBound / range.lowerBound, share)
            let month = ((hours(b) - hours(a)) * hour + zones(b) - zones(a)) / disk
            return month > 0 && month.isFinite ? Chart.Point(hour, month) : nil
        }
    }

    private static func values(_ entries: [CostChart.Entry]) -> ChartTable {
        ChartTable(
            columns: ["topic", "setting", "CPU cores", "disk, GB", "cost a month"],
            rows: entries.map { entry in
                let cores = entry.number("producer_cores") + entry.number("consumer_cores")
                return [entry.topic, entry.setting]
                    + [cores, entry.number("disk_gb"), entry.number("cost_per_month")].map(
                        Figure.significant)
            })
    }
}
