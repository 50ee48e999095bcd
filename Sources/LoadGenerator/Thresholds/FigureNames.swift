import Measurement

/// Some of the figures, found by their columns, with or without the unit.
struct FigureNames: Sendable {
    let figures: [RunFigure]
    /// The shortest name of each, in their order.
    let names: [String]
    private let aliases: [String: String]

    init(_ figures: [RunFigure], aliases: [String: String] = [:]) {
        self.figures = figures
        self.aliases = aliases
        // Two columns have the name `consumed_rate` without their units; it means the first, of
        // records.
        names = figures.reduce(into: []) { names, figure in
            names.append(names.contains(figure.name) ? figure.column : figure.name)
        }
    }

    /// The name to write for a figure.
    func name(of figure: RunFigure) -> String {
        zip(figures, names).first { $0.0.column == figure.column }?.1 ?? figure.column
    }

    /// The figure of that name, or of that column.
    subscript(name: String) -> RunFigure? {
        figures.first { $0.name == name } ?? figures.first { $0.column == name }
            ?? aliases[name].flatMap { self[$0] }
    }
}
