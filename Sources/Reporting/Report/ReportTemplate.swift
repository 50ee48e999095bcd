import Mustache

/// The page in Mustache. It is in the source, because an installed executable is one file.
enum ReportTemplate {
    /// Parses the constant template, once.
    private static let library: MustacheLibrary = {
        HTMLText.registered
        var library = MustacheLibrary()
        do {
            for (name, text) in ["page": page, "section": section, "table": table] {
                try library.register(HTMLText.pragma + text, named: name)
            }
        } catch {
            preconditionFailure("a template of the report does not parse: \(error)")
        }
        return library
    }()

    static func html(_ page: ReportPage) -> String {
        guard let html = library.render(page, withTemplate: "page") else {
            preconditionFailure("the page's template was registered above")
        }
        return html
    }

    /// Forbids scripts and loading from elsewhere, in case hostile text gets into the page.
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
        + "base-uri 'none'; form-action 'none'"

    private static let page = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="\(policy)">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <link rel="icon" href="data:,">
        <title>{{verdict.word}}: {{heading}} · Weir</title>
        <style>
        \(ReportStyle.css)
        </style>
        </head>
        <body>
        <header>
        <p class="kind">Weir · {{kind}}</p>
        <h1>{{heading}}</h1>
        {{#question}}<p class="question">{{question}}</p>{{/question}}
        <ul class="circumstances">
        {{#circumstances}}<li>{{.}}</li>
        {{/circumstances}}
        </ul>
        </header>
        <main>
        <section class="verdict {{verdict.tone}}" aria-labelledby="verdict">
        <h2 id="verdict"><span class="hidden">Verdict: </span>{{verdict.word}}</h2>
        <p>{{verdict.meaning}}</p>
        {{#hasReasons}}
        <ul>
        {{#verdict.reasons}}<li>{{.}}</li>
        {{/verdict.reasons}}
        </ul>
        {{/hasReasons}}
        {{#verdict.judgement}}<p class="judgement">{{verdict.judgement}}</p>{{/verdict.judgement}}
        </section>
        {{#hasAnswer}}
        <section aria-labelledby="answer">
        <h2 id="answer">Answer</h2>
        {{#answer}}<p>{{.}}</p>
        {{/answer}}
        </section>
        {{/hasAnswer}}
        {{#hasHeadline}}
        <section aria-labelledby="headline">
        <h2 id="headline">Headline figures</h2>
        <dl class="headline">
        {{#headline}}
        <div><dt>{{label}}</dt><dd class="figure">{{figure}}</dd>
        <dd class="note">{{note}}</dd></div>
        {{/headline}}
        </dl>
        {{#headlineNotes}}<p class="aside">{{.}}</p>
        {{/headlineNotes}}
        </section>
        {{/hasHeadline}}
        <nav aria-label="On this page"><ul>
        {{#sections}}<li><a href="#{{anchor}}">{{title}}</a></li>
        {{/sections}}
        </ul></nav>
        {{#sections}}
        {{> section}}
        {{/sections}}
        </main>
        <footer><p>{{origin}}</p></footer>
        </body>
        </html>

        """

    private static let section = """
        <section aria-labelledby="{{anchor}}">
        <h2 id="{{anchor}}">{{title}}</h2>
        {{#absence}}<p class="absence">{{absence}}</p>{{/absence}}
        {{#paragraphs}}<p>{{.}}</p>
        {{/paragraphs}}
        <div class="charts">
        {{#charts}}
        <figure>
        {{#markup}}<div class="chart">
        {{{markup}}}
        </div>{{/markup}}
        <figcaption>{{^markup}}<strong>{{chartTitle}}</strong> {{finding}} {{/markup}}{{caption}}\
        </figcaption>
        {{#complaint}}<p class="absence">{{complaint}}</p>{{/complaint}}
        {{#values}}
        {{> table}}
        {{/values}}
        </figure>
        {{/charts}}
        </div>
        {{#tables}}
        {{> table}}
        {{/tables}}
        {{#groups}}
        <details><summary>{{groupTitle}}</summary>
        {{#groupTables}}
        {{> table}}
        {{/groupTables}}
        </details>
        {{/groups}}
        {{#commands}}
        <p>{{purpose}}</p>
        <pre class="command" tabindex="0" aria-label="Command"><code>{{line}}</code></pre>
        {{/commands}}
        {{#listing}}
        <details><summary>{{listingTitle}}</summary>
        <pre tabindex="0" aria-label="{{listingTitle}}"><code>{{text}}</code></pre>
        </details>
        {{/listing}}
        </section>
        """

    private static let table = """
        {{#isFolded}}<details><summary>{{tableTitle}}</summary>{{/isFolded}}
        <table class="{{tableBreadth}}">
        <caption{{#isFolded}} class="hidden"{{/isFolded}}>{{tableTitle}}</caption>
        <thead><tr>
        {{#headings}}<th scope="col"{{#isNumber}} class="number"{{/isNumber}}>\
        <span>{{headingText}}</span>\
        {{#headingDetail}}<small>{{headingDetail}}</small>{{/headingDetail}}</th>
        {{/headings}}
        </tr></thead>
        <tbody>
        {{#rows}}<tr>
        {{#cells}}{{#isRowHeading}}<th scope="row"><span>{{cellText}}</span></th>{{/isRowHeading}}\
        {{^isRowHeading}}<td data-label="{{cellLabel}}" class="{{#isNumber}}number{{/isNumber}}\
        {{#isLong}}long{{/isLong}}">\
        <span{{#tone}} class="{{tone}}"{{/tone}}>{{cellText}}</span>\
        {{#detail}}<small>{{detail}}</small>{{/detail}}\
        {{#remark}}<span class="remark {{tone}}">{{remark}}</span>{{/remark}}</td>{{/isRowHeading}}
        {{/cells}}
        </tr>
        {{/rows}}
        </tbody>
        </table>
        {{#tableNote}}<p class="aside">{{tableNote}}</p>{{/tableNote}}
        {{#isFolded}}</details>{{/isFolded}}
        """
}

extension ReportPage: MustacheParent {
    /// By name rather than by reflection, with the conditions (`has…`) that the template tests.
    func child(named name: String) -> Any? {
        switch name {
        case "hasReasons": !verdict.reasons.isEmpty
        case "hasAnswer": !answer.isEmpty
        case "hasHeadline": !headline.isEmpty || !headlineNotes.isEmpty
        case "kind": kind
        case "heading": heading
        case "question": question
        case "circumstances": circumstances
        case "verdict": verdict
        case "answer": answer
        case "headline": headline
        case "headlineNotes": headlineNotes
        case "sections": sections
        case "origin": origin
        default: nil
        }
    }
}
