/// A chart over time: stacked for one run, overlaid for a few, side by side for many.
struct TimeChart: Sendable {
    var name: String
    var title: String
    var caption: String
    /// The columns that the chart needs, for the note if they are missing.
    var needs: String
    /// For one subject, with the names of its consumer groups: one panel for each quantity.
    var stacked: @Sendable (_ groups: [String]) -> [TimeQuantity]
    /// For a few subjects with one run each: one panel for each quantity, in it one line for each
    /// subject.
    var overlaid: @Sendable (_ groups: [String]) -> [TimeQuantity]
    /// For many subjects: one chart for each quantity, in it one panel for each subject. The suffix
    /// ends its name.
    var sideBySide: [(suffix: String, quantity: TimeQuantity)]

    /// The most lines in one panel that can be followed.
    private static let overlayLimit = 6
    /// The most panels that are still legible.
    private static let panelLimit = 24

    /// The pictures of all subjects that have data.
    func pictures(of subjects: [ChartSubject], subtitle: [String]) -> Charts.Plan {
        let shown = subjects.filter { subject in
            subject.runs.contains { run in stacked(run.groups).contains { !$0.lines(run).isEmpty } }
        }
        guard !shown.isEmpty else { return missing(subjects) }
        guard shown.count <= Self.panelLimit else {
            return Charts.Plan(notes: [
                "\(title): left out, since \(shown.count) variants are too many "
                    + "(at most \(Self.panelLimit)); draw some of them by their own folders"
            ])
        }
        let groups = shown.flatMap { $0.runs.flatMap(\.groups) }.uniqued()
        var subtitle = subtitle
        func limited(_ quantities: ([String]) -> [TimeQuantity]) -> [TimeQuantity] {
            let all = quantities(groups)
            let few = quantities(GroupPanels.shown(of: groups))
            if few.count < all.count { subtitle += GroupPanels.notes(on: groups) }
            return few
        }
        var pictures: [TimePicture]
        if shown.count == 1 {
            pictures = [TimePicture(limited(stacked), of: shown[0])]
        } else if shown.count <= Self.overlayLimit, shown.allSatisfy({ $0.runs.count == 1 }) {
            pictures = [TimePicture(overlaying: limited(overlaid), of: shown)]
        } else {
            pictures = sideBySide.map {
                TimePicture($0.quantity, suffix: $0.suffix, sideBySide: shown)
            }
        }
        pictures.removeAll(where: \.panels.isEmpty)
        return Charts.Plan(charts: pictures.compactMap { $0.chart(of: self, subtitle: subtitle) })
    }

    private func missing(_ subjects: [ChartSubject]) -> Charts.Plan {
        let isAbsent = subjects.allSatisfy { $0.runs.allSatisfy(\.timeSeries.isEmpty) }
        // Without consumers a chart of theirs is not missing.
        let hasConsumers = !subjects.allSatisfy { subject in
            subject.runs.allSatisfy { $0.summary?["consumers"] == "0" }
        }
        if name == Self.lag.name, !hasConsumers { return Charts.Plan() }
        // Older versions did not measure it, and results that are rewritten may leave it out.
        if [Self.machine.name, Self.batches.name].contains(name) { return Charts.Plan() }
        // Without any time series one note stands for all charts over time.
        if isAbsent, name != Self.throughput.name { return Charts.Plan() }
        let reason = isAbsent ? "there is no row in timeseries.csv" : "it needs \(needs)"
        let title = isAbsent ? "Charts over time" : title
        return Charts.Plan(notes: ["\(title): left out, since \(reason)"])
    }
}
