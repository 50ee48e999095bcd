"""What the cases send: files made here, always the same, and payloads that Weir makes itself."""

import json
import os
import random
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import accumulate

SEED = 20_250_701
START = datetime(2025, 7, 1, tzinfo=timezone.utc)
# Near enough to know how many records make up so many bytes.
ORDER_BYTES = 500


@dataclass(frozen=True)
class Payload:
    name: str
    kind: str
    record_count: int
    # Bytes of values that Weir prepares: more than are sent, so that no record is sent twice.
    pool: int
    # Of the kinds that have them: a corpus's file, the values' size, and the ratio asked for.
    file: str | None = None
    size: int | None = None
    ratio: float | None = None

    def settings(self):
        """As a profile has them; what JSON writes, YAML reads."""
        settings = {"kind": self.kind, "pool": self.pool}
        if self.file:
            settings |= {"file": self.file, "format": "lines"}
        if self.size:
            settings["size"] = self.size
        if self.ratio:
            settings["ratio"] = self.ratio
        written = (f"{key}: {json.dumps(value)}" for key, value in settings.items())
        return "{" + ", ".join(written) + "}"

    def values(self):
        """The file's records, as the README says that `lines` cuts them."""
        with open(self.file, "rb") as file:
            lines = (line.removesuffix(b"\r") for line in file.read().split(b"\n"))
            return [line for line in lines if line]


def pool_for(byte_count):
    # The least that goes with batches of 1 MiB is two of them.
    return max(2 << 20, byte_count * 5 // 4)


def made_files(folder, byte_count):
    """A payload of each kind of line, of so many bytes."""
    makers = {
        "csv": csv_lines, "access log": access_log_lines, "syslog": syslog_lines,
        "json": json_lines}
    payloads = []
    for name, lines in makers.items():
        path = os.path.join(folder, name.replace(" ", "-") + ".txt")
        written = count = 0
        with open(path, "w", newline="\n") as file:
            for line in lines(random.Random(SEED)):
                written += file.write(line + "\n")
                count += 1
                # An even number, which two producers share without a line that is sent twice.
                if written >= byte_count and count % 2 == 0:
                    break
        payloads.append(Payload(name, "corpus", count, pool_for(written), file=path))
    return payloads


def from_file(source, folder, byte_count):
    """The first lines of a file, up to so many bytes."""
    path = os.path.join(folder, "corpus.txt")
    with open(source, "rb") as file, open(path, "wb") as copy:
        copy.write(b"".join(file.readlines(byte_count)))
    payload = Payload(os.path.basename(source), "corpus", 0, pool_for(byte_count), file=path)
    return Payload(payload.name, "corpus", len(payload.values()), payload.pool, file=path)


def made_by_weir(byte_count):
    pool = pool_for(byte_count)
    return [
        Payload("orders", "orders", byte_count // ORDER_BYTES, pool),
        Payload("random 100 B", "random", byte_count // 100, pool, size=100),
        Payload("random 1 KiB", "random", byte_count // 1024, pool, size=1024),
    ]


def of_ratio(ratio, size, byte_count):
    name = f"ratio {ratio} {size} B"
    return Payload(
        name, "ratio", byte_count // size, pool_for(byte_count), size=size, ratio=ratio)


class Skewed:
    """Draws from a list: the one of rank r in proportion to 1 ÷ r."""

    def __init__(self, choices):
        self.choices = choices
        self.weights = list(accumulate(1 / rank for rank in range(1, len(choices) + 1)))

    def draw(self, generator):
        return generator.choices(self.choices, cum_weights=self.weights)[0]


def csv_lines(generator):
    """Trades: id, time, symbol, side, price, quantity; some 40 bytes."""
    letters = "ABCDEFGHIKLMNOPRSTUVWXYZ"
    symbols = Skewed(["".join(generator.choices(letters, k=4)) for _ in range(40)])
    ticks = {symbol: generator.randrange(200, 8_000) for symbol in symbols.choices}
    quantities = Skewed([100, 200, 500, 50, 1000])
    trade, time = 18_200_000, START
    while True:
        trade += 1
        time += timedelta(seconds=generator.expovariate(25))
        symbol = symbols.draw(generator)
        ticks[symbol] = max(100, ticks[symbol] + generator.choice([0, 0, 0, 0, -1, 1]))
        yield (
            f"{trade},{time:%Y-%m-%dT%H:%M:%S},{symbol},{generator.choice('BBS')},"
            f"{ticks[symbol] * 0.05:.2f},{quantities.draw(generator)}")


def access_log_lines(generator):
    """The combined log format of a web server."""
    addresses = Skewed([
        ".".join(str(generator.randrange(1, 255)) for _ in range(4)) for _ in range(8_000)])
    words = [_word(generator) for _ in range(400)]
    paths = Skewed([
        "/" + "/".join(generator.sample(words, generator.randint(1, 3)))
        + generator.choice(["", "", ".html", ".js", ".css", ".png"]) for _ in range(3_000)])
    sizes = {path: int(generator.lognormvariate(8.5, 1.2)) for path in paths.choices}
    systems = [
        "Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7", "X11; Linux x86_64"]
    agents = Skewed([
        f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0 "
        "Safari/537.36"
        for major in range(131, 118, -1) for system in systems])
    methods = Skewed(["GET", "POST", "HEAD", "PUT"])
    statuses = Skewed([200, 304, 404, 301, 302, 500, 403, 206])
    time = START
    while True:
        time += timedelta(seconds=generator.expovariate(20))
        path = paths.draw(generator)
        query = f"?id={generator.randrange(100_000)}" if generator.random() < 0.3 else ""
        referrer = "-"
        if generator.random() < 0.5:
            referrer = "https://shop.example" + paths.draw(generator)
        status = statuses.draw(generator)
        size = sizes[path] + generator.randrange(64) if status == 200 else 0
        yield (
            f"{addresses.draw(generator)} - - [{time:%d/%b/%Y:%H:%M:%S +0000}] "
            f'"{methods.draw(generator)} {path}{query} HTTP/1.1" {status} {size} '
            f'"{referrer}" "{agents.draw(generator)}"')


def syslog_lines(generator):
    """RFC 3164: priority, time, host, program, process, message."""
    roles = ("web", "db", "cache")
    hosts = Skewed([f"{role}-{number:02}" for number in range(1, 13) for role in roles])
    users = Skewed([_word(generator) for _ in range(300)])
    below = generator.randrange
    messages = Skewed([
        ("sshd", 38, "Accepted publickey for {user} from 10.8.{byte}.{other_byte} port {port}"),
        ("systemd", 30, "Started Session {number} of user {user}."),
        ("cron", 78, "({user}) CMD (/usr/local/bin/{user}-sync)"),
        ("sshd", 38, "Connection closed by 10.0.{byte}.{other_byte} port {port} [preauth]"),
        ("dockerd", 30, 'level=info msg="ignoring event" container={hexadecimal}'),
        ("nginx", 29, "upstream timed out after {number} ms"),
        ("kernel", 6, "eth0: renamed from veth{hexadecimal:.7}"),
        ("postfix/smtpd", 22, "connect from unknown[192.0.2.{byte}]"),
    ])
    processes = {
        program: [below(300, 65_000) for _ in range(40)] for program, *_ in messages.choices}
    time = START
    while True:
        time += timedelta(seconds=generator.expovariate(15))
        program, priority, message = messages.draw(generator)
        text = message.format(
            user=users.draw(generator), byte=below(256), other_byte=below(256),
            port=below(32_768, 61_000), number=below(100_000),
            hexadecimal=f"{generator.getrandbits(96):024x}")
        yield (
            f"<{priority}>{time:%b} {time.day:2} {time:%H:%M:%S} {hosts.draw(generator)} "
            f"{program}[{generator.choice(processes[program])}]: {text}")


def json_lines(generator):
    """A site's events, an object a line."""
    kinds = Skewed(["page_view", "click", "add_to_cart", "search", "checkout", "login", "refund"])
    pages = Skewed(["/" + _word(generator) + "/" + _word(generator) for _ in range(2_000)])
    countries = Skewed("DE US GB FR NL AT CH PL IT ES SE DK".split())
    devices = Skewed(["mobile", "desktop", "tablet"])
    time = START
    while True:
        time += timedelta(seconds=generator.expovariate(50))
        yield json.dumps(
            {
                "id": f"{generator.getrandbits(64):016x}", "type": kinds.draw(generator),
                "time": f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03}Z",
                "user": int(generator.paretovariate(1) * 1000),
                "page": pages.draw(generator), "device": devices.draw(generator),
                "country": countries.draw(generator),
                "duration_ms": int(generator.lognormvariate(7, 1)),
            },
            separators=(",", ":"))


def _word(generator):
    syllables = ["ba", "ce", "do", "fi", "gu", "la", "me", "no", "pi", "ru", "sa", "te", "vo", "zi"]
    return "".join(generator.choices(syllables, k=generator.randint(2, 4)))
