/// A kind of picture.
public enum ChartFormat: String, Sendable, CaseIterable {
    case svg, png

    /// The fonts of the page, else the system's.
    private static let fonts = "system-ui,Helvetica,Arial,sans-serif"

    /// Points of a font for a size in the pixels of the layout.
    func fontSize(_ size: Double) -> Double {
        switch self {
        case .svg: size
        // Twice the pixels, at 96 to the inch.
        case .png: size * 2 * 72 / 96
        }
    }

    /// A title's font.
    func titleFont(size: Double) -> String {
        switch self {
        // `FinishedSVG` sets the weight.
        case .svg: ",\(fontSize(size))"
        case .png: "Helvetica:Bold,\(fontSize(size))"
        }
    }

    /// gnuplot's `set terminal`, with markup in text switched off.
    func terminal(width: Int, height: Int, name: String) -> String {
        let size = fontSize(ChartLayout.fontSize)
        // gnuplot begins ids with the name, which may hold letters, digits and `_`.
        let prefix = name.replacing("-", with: "_")
        return switch self {
        case .svg:
            "set terminal svg size \(width),\(height) dynamic noenhanced name '\(prefix)' "
                + "font '\(Self.fonts),\(size)' background rgb 'white'"
        case .png:
            // Twice the pixels, for screens that have them and for print.
            "set terminal pngcairo size \(2 * width),\(2 * height) noenhanced "
                + "font 'Helvetica,\(size)' linewidth 2 pointscale 2 "
                + "background rgb 'white'"
        }
    }
}
