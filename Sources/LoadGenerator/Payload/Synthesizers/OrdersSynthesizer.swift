/// OrderPlaced events of an online shop: a random order id, which is the key; users and products
/// in zipfian frequencies; one to a few items; an address; a total that adds up.
struct OrdersSynthesizer: Synthesizer {
    private static let userCount = 200_000
    private static let productCount = 5000

    private struct Product {
        var sku: Int
        var name: String
        var cents: Int
    }

    private var generator: RandomGenerator
    private var clock = EventClock(meanGapMilliseconds: 35)
    private let users = AliasTable.zipfian(count: userCount, exponent: 0.7)
    private let popularity = AliasTable.zipfian(count: productCount, exponent: 1)
    private let products: [Product]
    private let itemCounts = AliasTable(weights: [55, 24, 11, 6, 3, 1])
    private let quantities = AliasTable(weights: [80, 13, 4, 2, 1])
    private let countries = WeightedTexts(zipfian: Vocabulary.countries)
    private let cities = WeightedTexts(zipfian: Vocabulary.cities)
    private let streets = WeightedTexts(zipfian: Vocabulary.streets)
    private let currencies = WeightedTexts([("EUR", 70), ("USD", 15), ("GBP", 10), ("CHF", 5)])
    private let channels = WeightedTexts([("web", 46), ("ios", 28), ("android", 22), ("pos", 4)])
    private let payments = WeightedTexts([
        ("card", 48), ("paypal", 30), ("klarna", 10), ("apple_pay", 8), ("invoice", 4),
    ])

    init(generator: RandomGenerator) {
        var generator = generator
        products = (0..<Self.productCount).map { _ in
            let adjectives = Vocabulary.productAdjectives
            let nouns = Vocabulary.productNouns
            let colours = Vocabulary.productColours
            let name =
                adjectives[generator.next(below: adjectives.count)] + " "
                + nouns[generator.next(below: nouns.count)] + ", "
                + colours[generator.next(below: colours.count)]
            return Product(
                sku: generator.next(below: 10_000_000), name: name,
                cents: generator.next(in: 4...199) * 100 - (generator.isTrue(0.7) ? 1 : 50))
        }
        self.generator = generator
    }

    mutating func write(_ text: inout RecordText) {
        clock.advance(&generator)
        RecordText.append(uuid: (generator.next(), generator.next()), to: &text.key)
        text.append("{\"type\":\"OrderPlaced\",\"version\":2,\"orderId\":\"")
        text.append(text.key)
        text.append("\",\"userId\":\"u-")
        text.append(users.draw(&generator) * 7919 % Self.userCount, width: 7)
        text.append("\",\"placedAt\":\"")
        text.append(isoMilliseconds: clock.now)
        text.append("\",\"channel\":\"")
        text.append(channels.draw(&generator))
        text.append("\",\"items\":[")
        let total = writeItems(&text)
        text.append("],\"total\":")
        text.append(hundredths: total)
        text.append(",\"currency\":\"")
        text.append(currencies.draw(&generator))
        text.append("\",\"payment\":{\"method\":\"")
        text.append(payments.draw(&generator))
        text.append("\",\"reference\":\"")
        text.append(hexadecimal: generator.next(), digits: 12)
        text.append("\"},\"shipTo\":{\"street\":\"")
        text.append(streets.draw(&generator))
        text.append(" ")
        text.append(generator.next(in: 1...160))
        text.append("\",\"postalCode\":\"")
        text.append(generator.next(in: 1000...99_999), width: 5)
        text.append("\",\"city\":\"")
        text.append(cities.draw(&generator))
        text.append("\",\"country\":\"")
        text.append(countries.draw(&generator))
        text.append("\"}}")
    }

    /// Returns the sum of the items in cents.
    private mutating func writeItems(_ text: inout RecordText) -> Int {
        var total = 0
        for item in 0...itemCounts.draw(&generator) {
            let product = products[popularity.draw(&generator)]
            let quantity = quantities.draw(&generator) + 1
            total += product.cents * quantity
            text.append(item == 0 ? "{\"sku\":\"" : ",{\"sku\":\"")
            text.append(product.sku, width: 8)
            text.append("\",\"name\":\"")
            text.append(product.name)
            text.append("\",\"qty\":")
            text.append(quantity)
            text.append(",\"price\":")
            text.append(hundredths: product.cents)
            text.append("}")
        }
        return total
    }
}
