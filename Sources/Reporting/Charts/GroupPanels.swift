/// Which consumer groups get a panel of their own, and what a chart says where not all do.
enum GroupPanels {
    /// More panels make a chart that nobody scrolls to the end of.
    private static let limit = 4

    /// The first ones.
    static func shown(of groups: [String]) -> [String] { Array(groups.prefix(limit)) }

    /// A line below the title, so that the picture alone does not pass for the whole; none where all
    /// groups are shown.
    static func notes(on groups: [String]) -> [String] {
        guard groups.count > limit else { return [] }
        return [
            "Of \(groups.count) consumer groups the first \(limit) have a panel; the CSV files have all."
        ]
    }
}
