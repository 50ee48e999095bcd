import Foundation
import FoundationXML

/// An SVG file that is safe inside a page.
///
/// The file is of unknown origin. So it is parsed and rewritten with only the elements that draw:
/// no script, handler, style sheet or link, and no reference to another file. Names (`id`) get a
/// prefix, because charts on one page would use each other's shapes otherwise.
struct InlineSVG {
    /// One `svg` element.
    let markup: String

    struct Refused: Error, CustomStringConvertible {
        let description: String
    }

    /// Far larger than any chart; a larger file would make the page too slow to open.
    static let byteLimit = 8 << 20

    /// - Parameters:
    ///   - prefix: for names inside; unique on the page, of letters, digits and `-`.
    ///   - label: the text for readers who do not see the picture.
    init(_ svg: Data, prefix: String, label: String) throws(Refused) {
        guard svg.count <= Self.byteLimit else {
            throw Refused(description: "larger than \(Self.byteLimit >> 20) MiB")
        }
        // Entities that a file defines can expand without bound; no drawing program needs them.
        guard svg.range(of: Data("<!ENTITY".utf8)) == nil else {
            throw Refused(description: "it defines entities")
        }
        let writer = SVGWriter(prefix: prefix, label: label)
        let parser = XMLParser(data: svg)
        parser.shouldResolveExternalEntities = false
        // The parser does not keep its delegate alive.
        withExtendedLifetime(writer) {
            parser.delegate = writer
            _ = parser.parse()
        }
        guard parser.parserError == nil, writer.isComplete else {
            throw Refused(description: "not a whole SVG, line \(parser.lineNumber)")
        }
        markup = writer.output
    }
}

/// Writes the allowed parts of what the parser finds.
private final class SVGWriter: NSObject, XMLParserDelegate {
    private(set) var output = ""
    private(set) var isComplete = false
    private let prefix: String
    private let label: String
    /// How many elements are open, and the depth at which an omitted one began.
    private var depth = 0
    private var skippedFrom: Int?
    /// A start tag is closed when it is known whether the element is empty.
    private var isTagOpen = false

    init(prefix: String, label: String) {
        self.prefix = prefix
        self.label = label
    }

    func parser(
        _: XMLParser, didStartElement name: String, namespaceURI _: String?,
        qualifiedName _: String?, attributes: [String: String]
    ) {
        depth += 1
        guard skippedFrom == nil else { return }
        // Browsers would show a title of the root as a tooltip over the whole chart.
        let isRootTitle = depth == 2 && ["title", "desc"].contains(name)
        guard depth == 1 ? name == "svg" : SVGVocabulary.elements.contains(name) && !isRootTitle
        else {
            skippedFrom = depth
            return
        }
        endTag()
        output += "<\(name)"
        if depth == 1 { writeRoot(attributes) } else { write(attributes) }
        isTagOpen = true
    }

    func parser(
        _: XMLParser, didEndElement name: String, namespaceURI _: String?, qualifiedName _: String?
    ) {
        defer { depth -= 1 }
        if let skipped = skippedFrom {
            if skipped == depth { skippedFrom = nil }
            return
        }
        if isTagOpen {
            output += "/>"
            isTagOpen = false
        } else {
            output += "</\(name)>"
        }
        if depth == 1 { isComplete = true }
    }

    func parser(_: XMLParser, foundCharacters text: String) {
        guard skippedFrom == nil, depth > 0 else { return }
        endTag()
        output += HTMLText.escaped(text)
    }

    private func endTag() {
        if isTagOpen { output += ">" }
        isTagOpen = false
    }

    /// The page decides the size; the proportions are the file's.
    private func writeRoot(_ attributes: [String: String]) {
        var viewBox = attributes["viewBox"]
        if viewBox == nil, let width = attributes["width"], let height = attributes["height"] {
            let sides = [width, height].compactMap {
                Double($0.prefix { "0123456789.".contains($0) })
            }
            if sides.count == 2 { viewBox = "0 0 \(sides[0]) \(sides[1])" }
        }
        if let viewBox { write("viewBox", viewBox) }
        write("role", "img")
        write("aria-label", label)
    }

    private func write(_ attributes: [String: String]) {
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            switch name {
            case "id": write(name, prefix + value)
            case "href", "xlink:href":
                // A reference to a shape of the same file.
                if value.hasPrefix("#") { write("href", "#" + prefix + value.dropFirst()) }
            case _ where SVGVocabulary.attributes.contains(name):
                guard let value = local(value) else { continue }
                write(name, value)
            default: continue
            }
        }
    }

    private func write(_ name: String, _ value: String) {
        output += " \(name)=\"\(HTMLText.escaped(value))\""
    }

    /// Nil for a value that would be loaded from elsewhere; `url(#name)` gets the prefix.
    private func local(_ value: String) -> String? {
        guard value.contains("(") else { return value }
        if let match = value.wholeMatch(of: /\s*url\(\s*['"]?#([A-Za-z0-9_.-]+)['"]?\s*\)\s*/) {
            return "url(#\(prefix)\(match.1))"
        }
        // `\75rl(` is `url(` too.
        return value.lowercased().contains("url") || value.contains("\\") ? nil : value
    }
}

/// The elements and attributes of SVG that only draw.
private enum SVGVocabulary {
    static let elements: Set<String> = [
        "g", "defs", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
        "tspan", "use", "clipPath", "linearGradient", "radialGradient", "stop", "pattern", "title",
        "desc", "filter", "feFlood", "feComposite",
    ]

    static let attributes: Set<String> = [
        // Geometry.
        "cx", "cy", "d", "dx", "dy", "height", "points", "r", "rotate", "rx", "ry", "transform",
        "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2",
        // Colours and lines.
        "clip-path", "clip-rule", "color", "fill", "fill-opacity", "fill-rule", "filter", "opacity",
        "stroke", "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin",
        "stroke-miterlimit", "stroke-opacity", "stroke-width", "visibility", "class",
        // Text.
        "dominant-baseline", "baseline-shift", "font-family", "font-size", "font-style",
        "font-weight", "letter-spacing", "text-anchor", "xml:space",
        // Gradients, patterns, filters.
        "clipPathUnits", "filterUnits", "flood-color", "flood-opacity", "gradientTransform",
        "gradientUnits", "in", "in2", "offset", "operator", "patternContentUnits",
        "patternTransform", "patternUnits", "result", "stop-color", "stop-opacity",
    ]
}
