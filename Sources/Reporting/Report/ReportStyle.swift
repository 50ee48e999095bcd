/// The page's style sheet: small, by hand, without a font or a picture from elsewhere.
///
/// Contrast of text is at least 4.5 : 1 in both colour schemes. Charts get narrower with the page,
/// and two stand beside each other from 1200 pixels on. Where a table would be wider than the page,
/// each of its rows becomes a block of cells that name their column; nothing scrolls sideways.
enum ReportStyle {
    static let css = """
        :root {
          --paper: #fff; --ink: #1c2024; --soft: #5b636b; --line: #d8dde2; --wash: #f4f6f8;
          --link: #005a92; --good: #0a6640; --bad: #a83200;
          --valid: #0a6640; --suspect: #7a5200; --bound: #005a92; --invalid: #a31621;
          color-scheme: light dark;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #14171a; --ink: #e6e9ec; --soft: #a2abb4; --line: #363d44; --wash: #1d2226;
            --link: #7cc4f0; --good: #5fd0a0; --bad: #ff9d6b;
            --valid: #5fd0a0; --suspect: #f0bd5c; --bound: #7cc4f0; --invalid: #ff8f8a;
          }
        }
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body {
          margin: 0 auto; padding: 2rem clamp(1rem, 4vw, 3rem) 4rem; max-width: 84rem;
          background: var(--paper); color: var(--ink);
          font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif;
          overflow-wrap: anywhere;
        }
        h1 { font-size: clamp(1.6rem, 5vw, 2.4rem); line-height: 1.15; margin: 0 0 .5rem; }
        h2 { font-size: 1.25rem; line-height: 1.3; margin: 0 0 .75rem; }
        p, figcaption { max-width: 46rem; }
        p { margin: 0 0 .75rem; }
        a { color: var(--link); }
        .kind { color: var(--soft); margin: 0 0 .25rem; font-size: .9rem; }
        .question { font-size: 1.15rem; color: var(--soft); }
        .circumstances { list-style: none; margin: 0; padding: 0; color: var(--soft); }
        .circumstances, nav ul { display: flex; flex-wrap: wrap; gap: .1rem 1.25rem; }
        main > section { margin-top: 2.5rem; scroll-margin-top: 1rem; }
        main > section + section { border-top: 1px solid var(--line); padding-top: 1.5rem; }
        main > .verdict + section { border-top: 0; padding-top: 0; }
        .verdict {
          margin-top: 1.5rem; padding: 1rem 1.25rem; background: var(--wash);
          border-inline-start: .4rem solid var(--tone); border-radius: .25rem;
        }
        .verdict h2 {
          color: var(--tone); font-size: 1.5rem; letter-spacing: .02em; margin: 0 0 .25rem;
        }
        .verdict p, .verdict ul { margin-bottom: 0; }
        .verdict ul { margin-top: .5rem; padding-inline-start: 1.2rem; }
        .verdict .judgement { margin-top: .5rem; font-weight: 600; }
        .verdict { --tone: var(--soft); }
        .valid { --tone: var(--valid); } .suspect { --tone: var(--suspect); }
        .bound { --tone: var(--bound); } .invalid { --tone: var(--invalid); }
        .headline {
          display: grid; grid-template-columns: repeat(auto-fill, minmax(min(14rem, 100%), 1fr));
          gap: 1.25rem 2rem; margin: 0 0 1rem;
        }
        .headline dt { color: var(--soft); font-size: .9rem; }
        .headline dd { margin: 0; }
        .figure { font-size: 1.7rem; line-height: 1.25; font-weight: 600; }
        .figure, table, pre { font-variant-numeric: tabular-nums; }
        .note, .aside, small { color: var(--soft); } .note, .aside { font-size: .875rem; }
        small, .remark { font-size: .9333em; }
        .aside, .absence { margin: .5rem 0 0; }
        .absence { color: var(--soft); font-style: italic; }
        nav {
          margin-top: 2rem; padding: .75rem 0; border-block: 1px solid var(--line);
          font-size: .95rem;
        }
        nav ul { list-style: none; margin: 0; padding: 0; }
        nav + section { border-top: 0; padding-top: 0; }
        pre:focus-visible, summary:focus-visible, a:focus-visible {
          outline: 2px solid var(--link); outline-offset: 2px;
        }
        table {
          border-collapse: separate; border-spacing: 0; font-size: .9375rem; overflow-wrap: normal;
          max-width: 100%;
        }
        table + p { margin-top: .5rem; }
        table + table, p + table, details { margin-top: 1rem; }
        details + details { margin-top: .35rem; }
        caption { text-align: start; font-weight: 600; padding: .25rem 0; }
        th, td {
          padding: .35rem .9rem .35rem 0; text-align: start; vertical-align: top;
          border-bottom: 1px solid var(--line);
        }
        th:last-child, td:last-child { padding-inline-end: .25rem; }
        thead th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
        tbody th { font-weight: 500; }
        tbody th, td:not(.number) { overflow-wrap: anywhere; }
        tbody th > span { display: inline-block; min-width: 6rem; }
        td:not(.number) > span { display: inline-block; max-width: 36rem; }
        .number { text-align: end; }
        .few td.number { white-space: nowrap; }
        @media (min-width: 48.01rem) { .some td.number { white-space: nowrap; } }
        thead small { display: block; }
        td small, td .remark { display: block; }
        .better { color: var(--good); } .worse { color: var(--bad); }
        .better, .worse, .front { font-weight: 600; }
        .same { color: var(--soft); }
        .charts { display: grid; grid-template-columns: minmax(0, 1fr); gap: 2.5rem 3rem; }
        @media (min-width: 1200px) {
          .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
        }
        figure { margin: 0; }
        figcaption { margin-top: .5rem; color: var(--soft); font-size: .875rem; }
        figcaption strong { display: block; }
        .charts th, .charts td { padding-inline-end: .6rem; }
        .charts tbody th > span { min-width: 4rem; }
        .chart svg { display: block; width: 100%; max-width: 44rem; height: auto; }
        .chart text, .chart tspan { font-family: inherit; }
        .chart-ground { fill: none; } .chart .gridline { stroke: var(--line); }
        summary { cursor: pointer; color: var(--link); }
        details > table { margin-top: .5rem; }
        details > pre { margin-top: .5rem; max-height: 36rem; overflow: auto; }
        pre {
          margin: 0 0 1rem; padding: .75rem 1rem; background: var(--wash); border-radius: .25rem;
          overflow-x: auto; max-width: 100%; font-size: .875rem; line-height: 1.5;
          overflow-wrap: normal;
        }
        code { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
        .command { white-space: pre-wrap; overflow-wrap: anywhere; }
        .hidden {
          position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
          white-space: nowrap;
        }
        caption.hidden { position: static; display: block; }
        footer { margin-top: 3rem; color: var(--soft); font-size: .875rem; }
        @media (max-width: 40rem) { th, td { padding-inline-end: .7rem; } }
        @media (max-width: 48rem) {
          \(blocks(".some"))
        }
        @media (max-width: 75rem) {
          \(blocks(".many"))
        }
        \(blocks(".most"))
        @media print {
          :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --wash: #f4f6f8; }
          body { max-width: none; padding: 0; font-size: 10pt; }
          nav { display: none; }
          details > pre { overflow: visible; max-height: none; }
          table { font-size: 8pt; } pre { white-space: pre-wrap; }
          details:not([open]) { display: none; }
          figure, tr, .verdict, .headline > div { break-inside: avoid; }
          h2, figcaption { break-after: avoid; }
        }
        """

    /// The rows of the tables of a class as blocks: the row's heading, then its cells, each below
    /// the name of its column, as many beside each other as fit.
    private static func blocks(_ name: String) -> String {
        """
        \(name), \(name) tbody, \(name) caption { display: block; width: 100%; }
          \(name) thead { display: none; }
          \(name) tr {
            display: grid; grid-template-columns: repeat(auto-fill, minmax(min(9rem, 45%), 1fr));
            gap: .25rem 1rem; padding: .6rem 0; border-bottom: 1px solid var(--line);
          }
          \(name) th, \(name) td { padding: 0; border: 0; text-align: start; white-space: normal; }
          \(name) th, \(name) td.long { grid-column: 1 / -1; }
          \(name) tbody th { font-weight: 600; }
          \(name) td::before {
            content: attr(data-label); display: block; color: var(--soft); font-size: .8125rem;
          }
        """
    }
}
