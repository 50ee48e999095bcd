"""A relay to the broker that holds what passes for a few milliseconds. Without it the suite's 0097 fails where client and
broker are on one machine: librdkafka takes a certificate that it refuses for a fault of the transport, if the broker's
answer is there when its first call of SSL_connect looks for it."""

import asyncio
import socket
import threading

DELAY_S = 0.005


class Relay:
    def __init__(self):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.target = None

    def start(self, target):
        self.target = target
        threading.Thread(target=lambda: asyncio.run(self.serve()), daemon=True).start()

    async def serve(self):
        async with await asyncio.start_server(self.connected, sock=self.server) as server:
            await server.serve_forever()

    async def connected(self, reader, writer):
        answers, requests = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(pass_on(reader, requests), pass_on(answers, writer))


async def pass_on(reader, writer):
    try:
        while data := await reader.read(1 << 16):
            await asyncio.sleep(DELAY_S)
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.close()
