/// The contents of a report, ready for the template.
///
/// Names of properties are unique over all levels: if a property is nil, Mustache looks for its
/// name in the levels around it.
struct ReportPage {
    /// `Run` or `Comparison`.
    var kind: String
    var heading: String
    /// The question that the profile asks.
    var question: String?
    /// When, on what, for how long.
    var circumstances: [String] = []
    var verdict: ReportVerdict
    /// The result in sentences: the best variant, the highest rate. Empty for a single run.
    var answer: [String] = []
    var headline: [HeadlineFigure] = []
    /// Notes that explain the headline.
    var headlineNotes: [String] = []
    var sections: [ReportSection] = []
    /// Who wrote the page, and from what.
    var origin: String
}

extension ReportPage {
    /// With no line broken between a figure and its unit.
    var unbroken: ReportPage {
        var page = self
        page.answer = answer.map(HTMLText.unbroken)
        page.verdict.reasons = verdict.reasons.map(HTMLText.unbroken)
        for index in headline.indices {
            page.headline[index].note = HTMLText.unbroken(headline[index].note)
        }
        for index in sections.indices {
            page.sections[index].paragraphs = sections[index].paragraphs.map(HTMLText.unbroken)
        }
        return page
    }
}

/// The verdict's word, and its meaning.
struct ReportVerdict {
    var word: String
    /// The class of its colours: `valid`, `suspect`, `bound`, `invalid` or `unknown`.
    var tone: String
    var meaning: String
    var reasons: [String] = []
    /// Whether the thresholds hold; nil without any.
    var judgement: String?
}

/// One large figure.
struct HeadlineFigure {
    var label: String
    var figure: String
    var note: String
}

/// A part of the page with a heading of its own.
struct ReportSection {
    /// The anchor; letters and `-`.
    var anchor: String
    var title: String
    var paragraphs: [String] = []
    var charts: [ReportFigureBox] = []
    var tables: [ReportTable] = []
    /// Tables behind one line each group.
    var groups: [ReportTableGroup] = []
    /// A note instead of contents that this folder does not hold.
    var absence: String?
    /// Lines to type in a shell, with their purpose.
    var commands: [ReportCommand] = []
    /// The text of a file.
    var listing: ReportListing?
}

/// Tables of one theme, folded away together.
struct ReportTableGroup {
    var groupTitle: String
    var groupTables: [ReportTable]
}

struct ReportCommand {
    var purpose: String
    var line: String
}

struct ReportListing {
    var listingTitle: String
    var text: String
}

/// A chart with its caption and its values.
struct ReportFigureBox {
    var chartTitle: String
    /// What it shows in this run; the picture says it, too.
    var finding: String
    var caption: String
    /// An `svg` element, made safe by `InlineSVG`; nil if there was none.
    var markup: String?
    var complaint: String?
    var values: ReportTable?
}
