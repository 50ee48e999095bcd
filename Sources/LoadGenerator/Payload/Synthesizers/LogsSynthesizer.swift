/// Lines of a web shop's logs: about two access-log lines (combined format) for each line of an
/// application's log. The key is the host that wrote the line.
struct LogsSynthesizer: Synthesizer {
    private static let hostCount = 24

    private var generator: RandomGenerator
    private var clock = EventClock(meanGapMilliseconds: 4)
    private let hosts = AliasTable.zipfian(count: hostCount, exponent: 0.5)
    private let visitors = AliasTable.zipfian(count: 50_000, exponent: 0.6)
    private let products = AliasTable.zipfian(count: 5000, exponent: 1)
    private let userAgents = WeightedTexts(Vocabulary.userAgents)
    private let pages = WeightedTexts([
        ("GET /products/", 40), ("GET /api/v2/recommendations?product=", 18),
        ("GET /static/img/p/", 16), ("POST /api/v2/cart/items?product=", 8),
        ("GET /search?page=", 8), ("GET /reviews/", 5), ("HEAD /products/", 1),
    ])
    private let statuses = WeightedTexts([
        ("200", 870), ("304", 60), ("302", 30), ("404", 25), ("499", 6), ("500", 4), ("503", 5),
    ])
    private let referrers = WeightedTexts([
        ("https://shop.example.org/", 50), ("-", 30), ("https://www.google.com/", 15),
        ("https://shop.example.org/sale", 5),
    ])
    private let services = WeightedTexts([
        ("o.e.shop.cart.CartService", 30), ("o.e.shop.payment.PaymentGateway", 20),
        ("o.e.shop.search.QueryHandler", 20), ("o.e.shop.stock.StockReservation", 18),
        ("o.e.shop.mail.Outbox", 12),
    ])
    private let messages = AliasTable(weights: [34, 22, 18, 12, 8, 4, 2])

    init(generator: RandomGenerator) { self.generator = generator }

    mutating func write(_ text: inout RecordText) {
        clock.advance(&generator)
        text.key.append(contentsOf: "web-".utf8)
        RecordText.append(hosts.draw(&generator), width: 2, to: &text.key)
        if generator.isTrue(0.67) {
            writeAccess(&text)
        } else {
            writeApplication(&text)
        }
    }

    private mutating func writeAccess(_ text: inout RecordText) {
        // Each visitor has one address; the multiplication spreads them over all addresses.
        let visitor = UInt32(visitors.draw(&generator)) &* 2_654_435_761
        for shift in [24, 16, 8, 0] as [UInt32] {
            text.append(Int(visitor >> shift & 0xFF))
            text.append(shift == 0 ? " - - [" : ".")
        }
        text.append(commonLogTime: clock.now)
        text.append("] \"")
        text.append(pages.draw(&generator))
        text.append(products.draw(&generator))
        text.append(" HTTP/1.1\" ")
        text.append(statuses.draw(&generator))
        text.append(" ")
        text.append(generator.next(in: 180...48_000))
        text.append(" \"")
        text.append(referrers.draw(&generator))
        text.append("\" \"")
        text.append(userAgents.draw(&generator))
        text.append("\"")
    }

    private mutating func writeApplication(_ text: inout RecordText) {
        let message = messages.draw(&generator)
        text.append(isoMilliseconds: clock.now)
        text.append(message < 5 ? " INFO  [" : message == 5 ? " WARN  [" : " ERROR [")
        text.append(text.key)
        text.append("] [worker-")
        text.append(generator.next(below: 32))
        text.append("] ")
        text.append(services.draw(&generator))
        text.append(" - ")
        switch message {
        case 0:
            text.append("request completed in ")
            text.append(generator.next(in: 1...420))
            text.append(" ms, traceId=")
            text.append(hexadecimal: generator.next(), digits: 16)
        case 1:
            text.append("reserved ")
            text.append(generator.next(in: 1...4))
            text.append(" of product ")
            text.append(products.draw(&generator))
            text.append(", left in stock: ")
            text.append(generator.next(below: 900))
        case 2:
            text.append("payment authorised: order=")
            text.append(uuid: (generator.next(), generator.next()))
            text.append(" amount=")
            text.append(hundredths: generator.next(in: 400...60_000))
            text.append(" EUR")
        case 3:
            text.append("cache hit ratio 0.")
            text.append(generator.next(in: 800...999))
            text.append(" over the last 60 s (entries=")
            text.append(generator.next(in: 18_000...21_000))
            text.append(")")
        case 4:
            text.append("mail queued: template=order-confirmation user=u-")
            text.append(visitors.draw(&generator), width: 7)
        case 5:
            text.append("slow query, ")
            text.append(generator.next(in: 500...9000))
            text.append(" ms: SELECT * FROM stock WHERE product_id = ")
            text.append(products.draw(&generator))
        default:
            text.append("upstream timed out after 3000 ms; retry ")
            text.append(generator.next(in: 1...3))
            text.append(" of 3, traceId=")
            text.append(hexadecimal: generator.next(), digits: 16)
        }
    }
}
