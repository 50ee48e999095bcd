"""A TCP proxy that cuts its connections again and again, mostly in the middle of something."""

import asyncio
import threading


class CuttingProxy:
    def __init__(self, port, target_port, every_s):
        self.port = port
        self.target_port = target_port
        self.every_s = every_s
        self.cuts = 0
        self._pairs = set()
        self._cutting = True
        self._loop = asyncio.new_event_loop()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        self._started.wait()
        return self

    def __exit__(self, *_):
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def stop_cutting(self):
        self._cutting = False

    def _run(self):
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))

    async def _serve(self):
        await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self._started.set()
        self._cutter = asyncio.ensure_future(self._cut())

    async def _cut(self):
        while True:
            await asyncio.sleep(self.every_s)
            if self._cutting:
                for writer in list(self._pairs):
                    writer.transport.abort()
                    self.cuts += 1

    async def _accept(self, reader, writer):
        try:
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.transport.abort()
            return
        self._pairs |= {writer, there_writer}
        await asyncio.gather(
            self._pump(reader, there_writer), self._pump(there_reader, writer),
            return_exceptions=True)
        self._pairs -= {writer, there_writer}

    @staticmethod
    async def _pump(reader, writer):
        try:
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        finally:
            writer.transport.abort()
