/// The duration of a search, for people.
public enum SearchCost {
    /// `45 s`, `12 min`, `1.5 h`.
    public static func text(seconds: Double) -> String {
        switch seconds {
        case ..<90: "\(Figure.fixed(seconds, digits: 0)) s"
        case ..<5_400: "\(Figure.fixed(seconds / 60, digits: 0)) min"
        default: "\(Figure.fixed(seconds / 3_600, digits: 1)) h"
        }
    }
}
