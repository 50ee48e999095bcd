import Foundation
import Testing

@testable import Reporting

@Suite struct `Text from strangers` {
    @Test func `is escaped scalar by scalar`() {
        #expect(HTMLText.escaped(#"<a href="x">&'"#) == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;")
        // With an accent on it the quote is another character, and still ends an attribute.
        #expect(HTMLText.escaped("\"\u{301}<\u{338}") == "&quot;\u{301}&lt;\u{338}")
        #expect(
            HTMLText.escaped("a\u{0}b\u{202E}c\u{85}\u{FFFF}")
                == "a\u{FFFD}b\u{FFFD}c\u{FFFD}\u{FFFD}")
        #expect(HTMLText.escaped("tab\tline\nzürich 日本 🦆") == "tab\tline\nzürich 日本 🦆")
        #expect(HTMLText.escaped("\r\n") == "\u{FFFD}\n")
    }

    /// The page's own markup, once all that is text between its tags is taken away.
    private func tags(_ html: String) -> [Substring] {
        html.matches(of: /<\/?[a-zA-Z!][^>]*>/).map(\.output)
    }

    @Test func `adds no tag and no attribute to the report, wherever it stands`() throws {
        let hostile = ResultsFixture.hostile
        var row = Fixture.summary
        row.run.profile = hostile
        row.run.target = hostile
        row.run.variant = hostile
        row.verdictReasons = [hostile]
        row["compression_type"] = .text(hostile)
        let run = try ResultsFixture.run(row, group: hostile)
        try run.write("description: \(JSON.string(hostile))\n\(hostile)\n", to: "profile.yaml")
        try run.write(
            "{\(JSON.string(hostile)): \(JSON.string(hostile)), "
                + "\"command_line\": [\(JSON.string(hostile))]}", to: "environment.json")
        try run.write(
            "threshold,metric,holds\n" + CSV.line([hostile, hostile, hostile]), to: "thresholds.csv"
        )
        let comparison = try ResultsFixture.comparison(variants: ["none", hostile])
        for html in [try run.page(), try comparison.page()] {
            #expect(html.contains("&lt;script&gt;alert(&quot;1&quot;)"))
            for tag in tags(html) {
                #expect(!tag.hasPrefix("<script") && !tag.hasPrefix("<img"), "\(tag)")
                #expect(!tag.contains(/\son[a-z]+\s*=/), "\(tag)")
            }
            // What looks like a template's tag is not filled in.
            #expect(html.contains("{{heading}}"))
        }
    }

    @Test func `is quoted for the shell`() {
        #expect(ShellText.quoted("Results/orders/2026") == "Results/orders/2026")
        #expect(ShellText.quoted("") == "''")
        #expect(ShellText.quoted("it's $(rm -rf)") == #"'it'\''s $(rm -rf)'"#)
        #expect(ShellText.quoted("a\nb;c`d`") == "'a\nb;c`d`'")
    }
}

@Suite struct `An SVG inside of a page` {
    private func inlined(_ body: String, root: String = #"viewBox="0 0 10 20""#) throws -> String {
        let svg =
            #"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" "#
            + #"xmlns:xlink="http://www.w3.org/1999/xlink" \#(root)>\#(body)</svg>"#
        return try InlineSVG(Data(svg.utf8), prefix: "c1-", label: #"Rate <"&">"#).markup
    }

    @Test func `keeps what draws, and says what it shows`() throws {
        #expect(
            try inlined(
                #"<g fill="none"><path d="M0,0 L1,1" class="line"/><text x="1">a &lt; b</text></g>"#
            )
                == #"<svg viewBox="0 0 10 20" role="img" aria-label="Rate &lt;&quot;&amp;&quot;&gt;">"#
                + #"<g fill="none"><path class="line" d="M0,0 L1,1"/><text x="1">a &lt; b</text></g></svg>"#
        )
    }

    @Test func `takes its proportions from a width and a height`() throws {
        #expect(
            try inlined("<g/>", root: #"width="300px" height="150""#).contains(
                #"viewBox="0 0 300.0 150.0""#))
    }

    @Test func `gives its names a prefix, and only they are linked to`() throws {
        let svg = try inlined(
            ##"<defs><circle id="p"/></defs><use xlink:href="#p"/><use href="https://a.example/b#p"/>"##
                + ##"<rect fill="url(#p)" filter="url(https://a.example/)" stroke="\75rl(//a.example)"/>"##
        )
        #expect(svg.contains(##"<circle id="c1-p"/>"##))
        #expect(svg.contains(##"<use href="#c1-p"/><use/>"##))
        #expect(svg.contains(##"<rect fill="url(#c1-p)"/>"##))
        #expect(!svg.contains("a.example"))
    }

    @Test(arguments: [
        "<script>alert(1)</script>", #"<g onload="alert(1)"/>"#, "<style>* { fill: red }</style>",
        #"<foreignObject><p onclick="x">alert</p></foreignObject>"#,
        #"<a href="javascript:alert(1)"><text>alert</text></a>"#,
        #"<image href="data:image/svg+xml,alert"/>"#, #"<animate onbegin="alert(1)"/>"#,
        #"<g style="background: url(//alert)"/>"#, #"<set attributeName="onclick" to="alert"/>"#,
        #"<x:script xmlns:x="http://www.w3.org/2000/svg">alert(1)</x:script>"#,
        "<script><g><g/></g>alert</script>",
    ])
    func `loses what acts`(hostile: String) throws {
        let svg = try inlined("<g/>\(hostile)<path d=\"M1,1\"/>")
        #expect(!svg.contains("alert") && !svg.contains("style") && !svg.contains("on"), "\(svg)")
        #expect(svg.hasSuffix(#"<path d="M1,1"/></svg>"#))
    }

    @Test func `is refused where it is not a whole one`() {
        let whole = #"<svg viewBox="0 0 1 1"><g><text>a</text></g></svg>"#
        for length in 0..<whole.utf8.count {
            #expect(throws: InlineSVG.Refused.self) {
                try InlineSVG(Data(whole.utf8.prefix(length)), prefix: "", label: "")
            }
        }
        let bomb = #"<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg>&b;</svg>"#
        for text in ["<html><svg/></html>", "not XML", bomb] {
            #expect(throws: InlineSVG.Refused.self) {
                try InlineSVG(Data(text.utf8), prefix: "", label: "")
            }
        }
        let huge = Data(count: InlineSVG.byteLimit + 1)
        #expect(throws: InlineSVG.Refused.self) { try InlineSVG(huge, prefix: "", label: "") }
    }
}
