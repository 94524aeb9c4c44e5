"""Golden file of TensorBoard events: TensorBoard's own reading of a file that the product wrote.

What: writes an event file with TensorBoard's writer for given scalars; the product's writer must give the same bytes.
The file is then read back with TensorBoard's reader, which checks its checksums.
Versions: tensorboard, see requirements.txt. Seed: none.
Regenerate: when a case is added.
"""

import json
from importlib.metadata import version

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.record_writer import RecordWriter

from golden_files import GOLDEN, _pretty

HEADER = {"wallTime": 1700000000.25}
EVENTS = [
    {"wallTime": 1700000000.5, "step": 1, "values": {"train/loss": 10.824905, "train/learning rate": 0.0}},
    {"wallTime": 1700000011.125, "step": 2, "values": {"train/loss": 0.1, "train/learning rate": 4e-8}},
    {"wallTime": 1700000011.125, "step": 300000, "values": {"epoch/perplexity": 5.184705528587072e21}},
    {"wallTime": 1700000012.0, "step": 300001, "values": {"é": -0.0}},
]


def main():
    folder = GOLDEN / "events"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "events.out.tfevents.0"
    with open(path, "wb") as file:
        writer = RecordWriter(file)
        writer.write(Event(wall_time=HEADER["wallTime"], file_version="brain.Event:2").SerializeToString())
        for event in EVENTS:
            summary = Summary(
                value=[Summary.Value(tag=tag, simple_value=value) for tag, value in event["values"].items()]
            )
            message = Event(wall_time=event["wallTime"], step=event["step"], summary=summary)
            writer.write(message.SerializeToString())
    read = [event for event in EventFileLoader(str(path)).Load() if not event.file_version]
    assert [event.step for event in read] == [event["step"] for event in EVENTS]
    header = {
        "what": "TensorBoard's own bytes for the events of this manifest",
        "script": "oracle/events.py",
        "versions": {"tensorboard": version("tensorboard"), "protobuf": version("protobuf")},
        "seed": "none",
        "regenerate": "when a case is added",
    }
    manifest = {"header": header, "fileHeader": HEADER, "events": EVENTS}
    (folder / "manifest.json").write_bytes(_pretty(manifest).encode("utf-8"))
    print(f"{path.name}: {path.stat().st_size} bytes, {json.dumps([event.step for event in read])}")


if __name__ == "__main__":
    main()
