/// The colours of every chart: those of Okabe and Ito, which colour-blind people can distinguish.
///
/// A series has the same colour in all charts. Yellow is not used, since a thin yellow line is
/// invisible on white.
public enum Palette: String, Sendable, CaseIterable {
    case blue = "#0072B2"
    case orange = "#E69F00"
    case green = "#009E73"
    case purple = "#CC79A7"
    case sky = "#56B4E9"
    case vermilion = "#D55E00"
    /// The colour of the text: black on paper, light in a dark page.
    case foreground = "black"
    case grey = "#7F7F7F"
    /// What lies below other marks; visible on white and on a dark page.
    case pale = "#B0B0B0"

    /// Figures of producers: sent, acknowledged, response latency.
    public static let produced = Palette.blue
    /// The rate of the schedule.
    public static let offered = Palette.grey

    private static let groups: [Palette] = [.orange, .green, .purple, .vermilion, .sky]
    private static let variants: [Palette] = [
        .blue, .orange, .green, .purple, .sky, .vermilion, .grey,
    ]

    /// The colour and dash of the consumer group at a place in the order of groups.
    public static func group(_ index: Int) -> Ink {
        Ink(colour: groups[index % groups.count], dash: .init(round: index / groups.count))
    }

    /// The colour and dash of the variant, or run, at a place in the order of variants. If there
    /// are more variants than colours, dashes distinguish those of one colour.
    public static func variant(_ index: Int) -> Ink {
        Ink(colour: variants[index % variants.count], dash: .init(round: index / variants.count))
    }
}

/// A colour, and a dash to distinguish lines of one colour.
public struct Ink: Sendable, Equatable {
    public var colour: Palette
    public var dash: Dash = .solid

    public enum Dash: Sendable, CaseIterable {
        case solid, dashed, dotted

        init(round: Int) { self = Self.allCases[round % Self.allCases.count] }
    }
}
