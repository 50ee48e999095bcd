/// The words that synthesized events are made of, most frequent first.
enum Vocabulary {
    static let givenNames = [
        "Maria", "Anna", "Thomas", "Laura", "Peter", "Julia", "Daniel", "Sofia", "Lukas", "Emma",
        "Mateo", "Olivia", "Noah", "Lena", "Jan", "Chloé", "Ivan", "Fatima", "Wei", "Priya",
        "Ahmed", "Yuki", "Giulia", "Marco", "Sara", "Pablo", "Ingrid", "Tom", "Nadia", "Oskar",
        "Zoe", "Hugo", "Amara", "Elif", "Kofi", "Bea", "Rosa", "Felix", "Mina", "Igor",
    ]
    static let familyNames = [
        "Müller", "Garcia", "Smith", "Schmidt", "Martin", "Rossi", "Silva", "Kowalski", "Nguyen",
        "Jansen", "Novak", "Andersson", "Brown", "Fischer", "Dubois", "Costa", "Ivanova", "Khan",
        "Chen", "Patel", "Wagner", "Moreau", "Lopez", "Bianchi", "Hansen", "Kaya", "Sato",
        "Okafor", "Weber", "Taylor", "Horvat", "Virtanen", "Murphy", "Popescu", "Lindqvist",
        "Becker", "Ferrari", "Mensah", "Yilmaz", "Zimmermann",
    ]
    static let emailDomains = [
        "gmail.com", "outlook.com", "yahoo.com", "icloud.com", "gmx.de", "web.de", "hotmail.com",
        "proton.me", "orange.fr", "libero.it", "example.org", "mail.com", "fastmail.com",
    ]
    static let countries = [
        "DE", "US", "FR", "GB", "IT", "ES", "NL", "PL", "AT", "CH", "SE", "BE", "PT", "DK", "CZ",
        "FI", "IE", "RO", "JP", "BR", "IN", "CA", "AU", "NO", "TR", "MX", "ZA", "KR",
    ]
    static let cities = [
        "Berlin", "Hamburg", "München", "Paris", "London", "Madrid", "Milano", "Wien", "Köln",
        "Amsterdam", "Lyon", "Zürich", "Roma", "Barcelona", "Warszawa", "Leipzig", "Stockholm",
        "Lisboa", "Frankfurt am Main", "Dublin", "Praha", "Antwerpen", "Porto", "Helsinki",
    ]
    static let streets = [
        "Hauptstraße", "Bahnhofstraße", "Gartenweg", "Station Road", "Rue de la Paix", "Via Roma",
        "Calle Mayor", "Schulstraße", "Lindenallee", "High Street", "Dorfstraße", "Kirchplatz",
    ]
    static let productAdjectives = [
        "Classic", "Organic", "Ultralight", "Merino", "Waterproof", "Everyday", "Vintage",
        "Recycled", "Compact", "Premium", "Folding", "Insulated", "Slim", "Heavy-Duty", "Linen",
    ]
    static let productNouns = [
        "T-Shirt", "Trail Shoes", "Water Bottle", "Backpack", "Rain Jacket", "Notebook",
        "Desk Lamp", "Coffee Grinder", "Headphones", "Socks (3 Pairs)", "Wool Blanket",
        "Phone Case", "Chef's Knife", "Yoga Mat", "Bike Light", "Scarf", "Teapot", "Sunglasses",
        "Sleeping Bag", "Cutting Board",
    ]
    static let productColours = [
        "black", "white", "navy", "grey", "olive", "red", "sand", "forest green", "sky blue",
    ]
    /// With their approximate shares among visitors of large sites.
    static let userAgents: [(String, Double)] = [
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "Chrome/131.0.0.0 Mobile Safari/537.36", 34
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "Chrome/131.0.0.0 Safari/537.36", 24
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
                + "(KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1", 18
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
                + "Gecko) Version/18.1 Safari/605.1.15", 6
        ),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0", 5),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0", 5
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36", 3
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", 2),
        (
            "Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
                + "Gecko) Version/17.7 Mobile/15E148 Safari/604.1", 2
        ),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 1),
    ]
}
