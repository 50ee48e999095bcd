import Testing

@testable import Reporting

@Suite struct `What tells runs apart` {
    private func run(_ values: [String: String]) -> Provenance {
        Provenance { values[$0.column] }
    }

    @Test func `is nothing where nothing differs`() {
        let same = run(["weir_version": "0.1.0", "kernel": "Linux 6.18"])
        #expect(Provenance.names(of: [same, same]) == ["", ""])
        #expect(Provenance.names([same], [same]) == nil)
        #expect(Provenance.names(of: []) == [])
    }

    @Test func `is named by as few fields as it takes, the first ones`() {
        let old = run(["weir_version": "0.1.0", "kernel": "Linux 6.12", "host": "a"])
        let new = run(["weir_version": "0.2.0", "kernel": "Linux 6.18", "host": "a"])
        let newest = run(["weir_version": "0.2.0", "kernel": "Linux 6.19", "host": "a"])
        #expect(
            Provenance.names(of: [old, new, old]) == ["weir 0.1.0", "weir 0.2.0", "weir 0.1.0"])
        #expect(
            Provenance.names(of: [old, new, newest]) == [
                "weir 0.1.0, Linux 6.12", "weir 0.2.0, Linux 6.18", "weir 0.2.0, Linux 6.19",
            ])
        #expect(Provenance.names([old, old], [new, newest])! == ("weir 0.1.0", "weir 0.2.0"))
        // Neither version nor host is one on each side.
        #expect(Provenance.names([old, new], [newest, newest]) == nil)
    }

    @Test func `is a label before anything else, and the want of one`() {
        let old = run(["weir_version": "0.1.0"])
        let new = run(["label": "after", "weir_version": "0.2.0"])
        #expect(Provenance.names(of: [old, new]) == ["no label", "after"])
        #expect(Provenance.names([old], [new])! == ("no label", "after"))
        #expect(new.label == "after" && old.label == nil)
        // A tag may be of one run alone; it names a side, but makes none.
        let tagged = run(["weir_version": "0.1.0", "tags": "commit=5e1f"])
        #expect(Provenance.names(of: [old, tagged]) == ["", ""])
        #expect(Provenance.names([old], [tagged])! == ("no tags", "commit=5e1f"))
    }

    @Test func `is not what older versions did not write`() {
        let old = run(["kernel": "Linux 6.18"])
        let new = run(["kernel": "Linux 6.18", "host": "a", "zstd_version": "1.5.4"])
        #expect(Provenance.names(of: [old, new]) == ["", ""])
        let codec = run(["kernel": "Linux 6.18", "host": "a", "zstd_version": "1.5.7"])
        #expect(Provenance.names(of: [new, codec]) == ["zstd 1.5.4", "zstd 1.5.7"])
    }
}
