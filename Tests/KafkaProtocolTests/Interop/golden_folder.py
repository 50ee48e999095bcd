"""Writes golden frames with the values that other implementations read in them."""

import json
from collections import Counter
from pathlib import Path

from apis import name_of
from decode_frame import describe


class GoldenFolder:
    """A folder of `<Api>-v<version>-<direction>[-n].bin`, each with its `.json` beside it;
    what an earlier making left in it goes."""

    def __init__(self, path):
        self.path = Path(path)
        self.path.mkdir(parents=True, exist_ok=True)
        for stale in (*self.path.glob("*.bin"), *self.path.glob("*.json")):
            stale.unlink()
        self.counts = Counter()
        self.refused = []

    def add(self, frame, key, version, direction):
        """Keeps a frame, unless the implementations cannot agree on what it holds."""
        name = f"{name_of(key)}-v{version}-{direction}"
        try:
            values = describe(frame, key, version, direction)
        except Exception as error:
            self.refused.append(f"{name}: {error}")
            return
        self.counts[name] += 1
        if self.counts[name] > 1:
            name += f"-{self.counts[name]}"
        (self.path / f"{name}.bin").write_bytes(frame)
        text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        (self.path / f"{name}.json").write_text(text + "\n", encoding="utf-8")

    def summary(self):
        lines = [f"{self.path.name}: {self.counts.total()} frames, {len(self.refused)} refused"]
        return "\n".join(lines + [f"  {refusal}" for refusal in self.refused])
