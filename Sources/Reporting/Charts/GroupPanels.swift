/// Which consumer groups get a panel of their own, and the note if not all do.
enum GroupPanels {
    /// The most panels; more would make the chart too long.
    private static let limit = 4

    /// The first ones.
    static func shown(of groups: [String]) -> [String] { Array(groups.prefix(limit)) }

    /// A line below the title if some groups are missing, so that the picture is not taken for the
    /// whole.
    static func notes(on groups: [String]) -> [String] {
        guard groups.count > limit else { return [] }
        return [
            "Of \(groups.count) consumer groups the first \(limit) have a panel; the CSV files have all."
        ]
    }
}
