/// A kind of picture.
public enum ChartFormat: String, Sendable, CaseIterable {
    case svg, png

    /// The fonts of the page, else the system's.
    private static let fonts = "system-ui,Helvetica,Arial,sans-serif"

    /// Pixels of a PNG for each of the layout: enough for a slide and for print.
    private static let density = 3.0

    /// Points of a font for a size in the pixels of the layout.
    func fontSize(_ size: Double) -> Double {
        switch self {
        case .svg: size
        // At 96 to the inch.
        case .png: size * Self.density * 72 / 96
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
            "set terminal pngcairo size \(3 * width),\(3 * height) noenhanced "
                + "font 'Helvetica,\(size)' linewidth 3 pointscale 3 "
                + "background rgb 'white'"
        }
    }
}
