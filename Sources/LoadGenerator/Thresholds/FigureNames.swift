import Measurement

/// Some of the figures, found by what people call them: their columns, with the unit or without.
struct FigureNames: Sendable {
    let figures: [RunFigure]
    /// The shortest name of each, in their order.
    let names: [String]
    private let aliases: [String: String]

    init(_ figures: [RunFigure], aliases: [String: String] = [:]) {
        self.figures = figures
        self.aliases = aliases
        // Two columns have the name `consumed_rate`: the first, of records, is the one.
        names = figures.reduce(into: []) { names, figure in
            names.append(names.contains(figure.name) ? figure.column : figure.name)
        }
    }

    /// What to write for a figure.
    func name(of figure: RunFigure) -> String {
        zip(figures, names).first { $0.0.column == figure.column }?.1 ?? figure.column
    }

    /// The one of that name, or of that column.
    subscript(name: String) -> RunFigure? {
        figures.first { $0.name == name } ?? figures.first { $0.column == name }
            ?? aliases[name].flatMap { self[$0] }
    }
}
