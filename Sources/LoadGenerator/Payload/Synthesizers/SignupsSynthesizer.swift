/// User-registered events of a site: a random user id, which is the key; names that repeat, mail
/// addresses that do not; countries, plans and browsers in skewed frequencies.
struct SignupsSynthesizer: Synthesizer {
    private var generator: RandomGenerator
    private var clock = EventClock(meanGapMilliseconds: 180)
    private let givenNames = WeightedTexts(zipfian: Vocabulary.givenNames)
    private let familyNames = WeightedTexts(zipfian: Vocabulary.familyNames)
    private let domains = WeightedTexts(zipfian: Vocabulary.emailDomains)
    private let countries = WeightedTexts(zipfian: Vocabulary.countries)
    private let userAgents = WeightedTexts(Vocabulary.userAgents)
    private let plans = WeightedTexts([("free", 78), ("plus", 14), ("pro", 6), ("team", 2)])
    private let referrers = WeightedTexts([
        ("google", 38), ("direct", 24), ("instagram", 12), ("friend", 9), ("newsletter", 6),
        ("youtube", 5), ("tiktok", 4), ("partner", 2),
    ])

    init(generator: RandomGenerator) { self.generator = generator }

    mutating func write(_ text: inout RecordText) {
        clock.advance(&generator)
        RecordText.append(uuid: (generator.next(), generator.next()), to: &text.key)
        let givenName = givenNames.draw(&generator)
        let familyName = familyNames.draw(&generator)
        text.append("{\"type\":\"UserSignedUp\",\"userId\":\"")
        text.append(text.key)
        text.append("\",\"name\":\"")
        text.append(givenName)
        text.append(" ")
        text.append(familyName)
        text.append("\",\"email\":\"")
        append(mailName: givenName, to: &text)
        text.append(generator.isTrue(0.6) ? "." : "")
        append(mailName: familyName, to: &text)
        text.append(generator.next(below: 10_000))
        text.append("@")
        text.append(domains.draw(&generator))
        text.append("\",\"plan\":\"")
        text.append(plans.draw(&generator))
        text.append("\",\"referrer\":\"")
        text.append(referrers.draw(&generator))
        text.append("\",\"country\":\"")
        text.append(countries.draw(&generator))
        text.append("\",\"createdAt\":\"")
        text.append(isoMilliseconds: clock.now)
        text.append("\",\"ip\":\"")
        for part in 0..<4 {
            text.append(part == 0 ? "" : ".")
            text.append(generator.next(in: 1...254))
        }
        text.append("\",\"userAgent\":\"")
        text.append(userAgents.draw(&generator))
        text.append("\",\"marketingConsent\":")
        text.append(generator.isTrue(0.31) ? "true}" : "false}")
    }

    /// The ASCII letters of a name in lower case, as people use it in an address.
    private func append(mailName name: [UInt8], to text: inout RecordText) {
        text.append(
            name.compactMap { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
                case UInt8(ascii: "a")...UInt8(ascii: "z"): byte
                default: nil
                }
            })
    }
}
