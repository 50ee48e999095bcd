import Testing

@testable import CommitLog

@Suite("A properties file")
struct PropertiesFileTests {
    private func settings(_ text: String) -> [String] {
        PropertiesFile(text).settings.map { "\($0.line):\($0.key)=\($0.value)" }
    }

    @Test("separates key and value with =, : or a blank")
    func separators() {
        let text = "a=1\nb = 2\nc:3\nd 4\n  e\t=\t5 \nf\n"
        #expect(settings(text) == ["1:a=1", "2:b=2", "3:c=3", "4:d=4", "5:e=5", "6:f="])
    }

    @Test("begins behind a byte order mark")
    func byteOrderMark() {
        #expect(settings("\u{FEFF}a=1\nb=2") == ["1:a=1", "2:b=2"])
        #expect(settings("\u{FEFF}# a comment\nb=\u{FEFF}2") == ["2:b=\u{FEFF}2"])
    }

    @Test("has comments and empty lines")
    func comments() {
        let text = "# one\n\n! two\n   # three\na=1 # no comment\n"
        #expect(settings(text) == ["5:a=1 # no comment"])
    }

    @Test("continues a line after a backslash")
    func continuation() {
        #expect(settings("a=1,\\\n   2\nb=3\\\\\nc=4") == ["1:a=1,2", "3:b=3\\", "4:c=4"])
    }

    @Test("escapes separators and characters")
    func escapes() {
        #expect(settings("a\\=b=c\\td\\u0041\\:e") == ["1:a=b=c\tdA:e"])
    }

    @Test("keeps colons and equals signs of a value")
    func listeners() {
        #expect(
            settings("listeners=PLAINTEXT://:9092\r\nx=a=b\r\n")
                == ["1:listeners=PLAINTEXT://:9092", "2:x=a=b"])
    }
}
