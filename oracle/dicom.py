"""Golden DICOM films: small files in every transfer syntax that is read, and what Debian's tools decode from them.

What: writes tests/golden/dicom/*.dcm and manifest.json. Sources are written by pydicom from arrays; dcmtk compresses to
JPEG, JPEG-LS, RLE, deflated and big endian, gdcm to JPEG 2000, OpenJPH to HTJ2K. The manifest has the SHA-256 of the
stored values (int32, little endian) as the same tools decode them again, and the grey levels that dcm2pnm displays.
With a folder of DICOM or PNG films as argument, writes nothing and puts each film, at full size, through every
lossless syntax into that folder's copy `--out`, so that the product's reader can be run on them.
Versions: see requirements.txt and the header of the manifest; `apt-get install dcmtk libgdcm-tools openjph-tools`.
Seed: mulberry32 from the numbers below.
Regenerate: when a case is added; the hashes must not change with a newer tool, except of lossy files. With the same tools
a second run writes the same bytes.
"""

import hashlib
import json
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import pydicom
from images import mulberry32
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "golden" / "dicom"
WIDTH, HEIGHT = 37, 22
HTJ2K = {"201": [], "202": ["-prog_order", "RPCL"], "203": ["-reversible", "false", "-qstep", "0.002"]}


def relief(seed, low, high):
    """Hills with some grain between two values, both of which occur."""
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH]
    grain = mulberry32(seed, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH) / 2**32
    hills = numpy.sin(x / 7 + seed) + numpy.cos(y / 5) + 0.3 * grain
    hills = (hills - hills.min()) / (hills.max() - hills.min())
    return numpy.round(low + hills * (high - low)).astype(numpy.int32)


def dataset(values, bits, signed=False, photometric="MONOCHROME2", high_bit=None, **more):
    data = Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    data.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    data.file_meta.ImplementationClassUID = "1.2.3"
    data.SOPClassUID, data.SOPInstanceUID = SecondaryCaptureImageStorage, "1.2.3.4"
    data.Rows, data.Columns = values.shape
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, photometric
    data.BitsAllocated, data.BitsStored = (8 if bits == 8 else 16), bits
    data.HighBit, data.PixelRepresentation = bits - 1 if high_bit is None else high_bit, int(signed)
    words = (values & (2**bits - 1)) << (data.HighBit + 1 - bits)
    data.PixelData = words.astype("<u1" if bits == 8 else "<u2").tobytes()
    data["PixelData"].VR = "OB" if bits == 8 else "OW"
    if bits == 8 and len(data.PixelData) % 2:
        data.PixelData += b"\0"
    for name, value in more.items():
        setattr(data, name, value)
    return data


def lut(first, values, bits=16, signed=False):
    item = Dataset()
    item.add_new("LUTDescriptor", "SS" if signed else "US", [len(values), first, bits])
    item.add_new("LUTData", "OW", numpy.asarray(values, dtype="<u2").tobytes())
    return [item]


def run(*command):
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


def stored_values(path):
    """The values of an uncompressed little-endian file."""
    data = pydicom.dcmread(path)
    words = numpy.frombuffer(data.PixelData, "<u1" if data.BitsAllocated == 8 else "<u2")[: data.Rows * data.Columns]
    values = (words.astype(numpy.int64) >> (data.HighBit + 1 - data.BitsStored)) & (2**data.BitsStored - 1)
    if data.PixelRepresentation == 1:
        values = numpy.where(values >= 2 ** (data.BitsStored - 1), values - 2**data.BitsStored, values)
    return values.astype("<i4")


def htj2k(source, target, code, work):
    """Wraps what ojph_compress makes of the file's values; decoded again by ojph_expand.

    The tools take no signed samples. A signed stream is that of the values raised by half their range, but for one bit of
    its header: the standard lowers unsigned values by just that much before the transform.
    """
    data = pydicom.dcmread(source)
    half = 2 ** (data.BitsStored - 1) if data.PixelRepresentation == 1 else 0
    values = stored_values(source).reshape(data.Rows, data.Columns) + half
    plain, stream, back = work / "x.pgm", work / "x.j2c", work / "y.pgm"
    top = 2**data.BitsStored - 1
    kind = ">u2" if top > 255 else "u1"
    body = values.astype(kind).tobytes()
    plain.write_bytes(b"P5 %d %d %d\n" % (data.Columns, data.Rows, top) + body)
    options = HTJ2K[code]
    run("ojph_compress", "-i", plain, "-o", stream, *([] if "-reversible" in options else ["-reversible", "true"]), *options)
    run("ojph_expand", "-i", stream, "-o", back)
    codestream = bytearray(stream.read_bytes())
    if half > 0:
        codestream[42] |= 0x80
    data.file_meta.TransferSyntaxUID = f"1.2.840.10008.1.2.4.{code}"
    data.PixelData = encapsulate([bytes(codestream)])
    data["PixelData"].VR = "OB"
    data.save_as(target, enforce_file_format=True)
    return numpy.frombuffer(back.read_bytes()[-len(body) :], kind).astype("<i4") - half


def with_fixed_uids(path):
    """dcmtk and gdcm name what they compress anew, by clock and process: the same names make the same bytes each time."""
    data = pydicom.dcmread(path)
    fixed = {"StudyInstanceUID": "1.2.3.4.1", "SeriesInstanceUID": "1.2.3.4.2", "SOPInstanceUID": "1.2.3.4"}
    changed = [name for name, uid in fixed.items() if data.get(name, uid) != uid]
    if not changed:
        return
    for name in changed:
        setattr(data, name, fixed[name])
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.save_as(path, enforce_file_format=True)


def gdcm_j2k(source, target, options, work):
    """Lossy values beyond the stored bits, which gdcm tells of as more bits, are set to the end of their range."""
    run("gdcmconv", "--j2k", *options, source, target)
    run("gdcmconv", "--raw", target, work / "back.dcm")
    return numpy.minimum(stored_values(work / "back.dcm"), 2 ** pydicom.dcmread(source).BitsStored - 1)


def dcmtk(encoder, decoder):
    def compress(source, target, options, work):
        run(encoder, *options, source, target)
        run(decoder, target, work / "back.dcm")
        run("dcmconv", "+te", work / "back.dcm", work / "plain.dcm")
        return stored_values(work / "plain.dcm")

    return compress


def as_words(how):
    """For values that are not in the low bits: the tools take whole words only, so the words are compressed as 16-bit
    values and the file is told afterwards which of their bits count."""

    def compress(source, target, options, work):
        data = pydicom.dcmread(source)
        stored, high = data.BitsStored, data.HighBit
        data.BitsStored, data.HighBit = 16, 15
        data.save_as(work / "words.dcm", enforce_file_format=True)
        words = how(work / "words.dcm", target, options, work)
        data = pydicom.dcmread(target)
        data.BitsStored, data.HighBit = stored, high
        data.save_as(target, enforce_file_format=True)
        return (words >> (high + 1 - stored)) & (2**stored - 1)

    return compress


def widened(how):
    """Eight bits in a frame whose file allocates sixteen, as after a change of the elements alone."""

    def compress(source, target, options, work):
        values = how(source, target, options, work)
        data = pydicom.dcmread(target)
        data.BitsAllocated = 16
        data.save_as(target, enforce_file_format=True)
        return values

    return compress


def plain(source, target, options, work):
    run("dcmconv", *options, source, target)
    return stored_values(source)


JPEG, JPEG_LS, RLE = dcmtk("dcmcjpeg", "dcmdjpeg"), dcmtk("dcmcjpls", "dcmdjpls"), dcmtk("dcmcrle", "dcmdrle")

LOSSLESS = {
    "implicit": (plain, ["+ti"]),
    "explicit": (plain, ["+te"]),
    "big-endian": (plain, ["+tb"]),
    "deflated": (plain, ["+td"]),
    "rle": (RLE, []),
    "jpeg-lossless": (JPEG, ["+e1"]),
    "jpeg-lossless-57": (JPEG, ["+el", "+sv", "6"]),
    "jpeg-ls": (JPEG_LS, ["+el"]),
    "j2k": (gdcm_j2k, []),
    "htj2k": (htj2k, "201"),
    "htj2k-rpcl": (htj2k, "202"),
}
LOSSY = {
    "jpeg-baseline": (JPEG, ["+eb"], ["u8", "u8m1"]),
    "jpeg-extended": (JPEG, ["+ee"], ["u8", "u10", "u12"]),
    "jpeg-ls-near": (JPEG_LS, ["+en", "+md", "3"], ["u8", "u12", "u16"]),
    "j2k-lossy": (gdcm_j2k, ["--lossy", "-r", "4"], ["u12", "u12edge"]),
    "htj2k-lossy": (htj2k, "203", ["u12", "u12edge"]),
}
WIDENED = ["jpeg-lossless", "jpeg-ls", "j2k", "htj2k"]
SOURCES = {
    "u8": dict(low=0, high=255, bits=8),
    "u8m1": dict(low=3, high=240, bits=8, photometric="MONOCHROME1"),
    "u10": dict(low=0, high=1023, bits=10),
    "u12": dict(low=17, high=4095, bits=12),
    "u12high": dict(low=17, high=4095, bits=12, high_bit=15),
    "u16": dict(low=0, high=65535, bits=16),
    "s8": dict(low=-128, high=127, bits=8, signed=True),
    "s12": dict(low=-2048, high=2047, bits=12, signed=True),
    "s16": dict(low=-32768, high=32767, bits=16, signed=True),
}
# Both ends of the range side by side: what lossy compression carries beyond them must not come out at the other end.
EDGE = "u12edge"


def lossless_cases():
    for source, facts in SOURCES.items():
        for syntax, (how, options) in LOSSLESS.items():
            is_shifted = facts.get("high_bit", facts["bits"] - 1) != facts["bits"] - 1
            is_compressed = how is not plain and how is not RLE
            yield source, syntax, as_words(how) if is_shifted and is_compressed else how, options
    for syntax in WIDENED:
        how, options = LOSSLESS[syntax]
        yield "u8", f"{syntax}-widened", widened(how), options


def displays():
    """Name, file, dcm2pnm options."""
    values = relief(9, 100, 3900)
    curve = numpy.round(60000 * (numpy.arange(3000) / 2999) ** 2).astype(int)
    voi = lut(500, curve)
    modality = lut(50, numpy.round(4000 * numpy.sqrt(numpy.arange(3800) / 3799)).astype(int), 12)
    window = dict(WindowCenter="2000", WindowWidth="1500")
    yield "window", dataset(values, 12, **window), ["+Wi", "1"]
    yield "window-mono1", dataset(values, 12, photometric="MONOCHROME1", **window), ["+Wi", "1"]
    yield "sigmoid", dataset(values, 12, VOILUTFunction="SIGMOID", **window), ["+Wi", "1", "+Wfs"]
    yield "voi-lut", dataset(values, 12, VOILUTSequence=voi), ["+Wl", "1"]
    yield "modality-lut", dataset(values, 12, ModalityLUTSequence=modality, **window), ["+Wi", "1"]
    yield "rescale", dataset(values, 12, RescaleSlope="2", RescaleIntercept="-1000", WindowCenter="3000", WindowWidth="4000"), ["+Wi", "1"]
    signed = relief(4, -1500, 1500)
    yield "signed-window", dataset(signed, 12, signed=True, WindowCenter="-100", WindowWidth="900"), ["+Wi", "1"]
    yield "signed-voi-lut", dataset(signed, 12, signed=True, VOILUTSequence=lut(-1000, curve[:2001], 16, True)), ["+Wl", "1"]
    yield "min-max", dataset(values, 12), ["+Wm"]


def hashed(values):
    return hashlib.sha256(values.astype("<i4").tobytes()).hexdigest()


def tool_version(*command):
    output = subprocess.run(command, capture_output=True, text=True)
    return (output.stdout or output.stderr).strip().splitlines()[0]


def write_golden(work):
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.dcm"):
        old.unlink()
    sources = {}
    for name, facts in SOURCES.items():
        facts = dict(facts)
        values = relief(len(name) + facts["bits"], facts.pop("low"), facts.pop("high"))
        sources[name] = work / f"{name}.dcm"
        dataset(values, **facts).save_as(sources[name], enforce_file_format=True)
    sources[EDGE] = work / f"{EDGE}.dcm"
    dataset(4095 * (relief(7, 0, 9) % 2), 12).save_as(sources[EDGE], enforce_file_format=True)
    cases = []
    lossy = [(source, syntax, how, options) for syntax, (how, options, names) in LOSSY.items() for source in names]
    for source, syntax, how, options in [*lossless_cases(), *lossy]:
        target = FOLDER / f"{source}-{syntax}.dcm"
        values = how(sources[source], target, options, work)
        if syntax not in LOSSY and not numpy.array_equal(values, stored_values(sources[source])):
            raise SystemExit(f"{target.name}: the tool did not give back its values")
        with_fixed_uids(target)
        cases.append({"file": target.name, "sha256": hashed(values), "min": int(values.min()), "max": int(values.max())})
    shown = []
    for name, data, options in displays():
        target = FOLDER / f"display-{name}.dcm"
        data.save_as(target, enforce_file_format=True)
        run("dcm2pnm", *options, "+op", target, work / "shown.pgm")
        pixels = (work / "shown.pgm").read_bytes()[-WIDTH * HEIGHT :]
        shown.append({"file": target.name, "levels": list(pixels)})
    header = {
        "what": "stored values and displayed grey levels of DICOM films, as dcmtk, gdcm and OpenJPH give them",
        "script": "oracle/dicom.py",
        "versions": {
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "pydicom": pydicom.__version__,
            "dcmtk": tool_version("dcmdump", "--version"),
            "gdcm": tool_version("gdcmconv", "--version"),
        },
        "seed": "mulberry32 of the case",
        "regenerate": "when a case is added",
    }
    rows = lambda items: "[\n" + ",\n".join("  " + json.dumps(item) for item in items) + "\n ]"
    text = f'{{\n "header": {json.dumps(header)},\n "cases": {rows(cases)},\n "displays": {rows(shown)}\n}}\n'
    (FOLDER / "manifest.json").write_text(text, encoding="utf-8")
    print(f"tests/golden/dicom: {len(cases)} films, {len(shown)} displays")


def film_source(path, work):
    """A DICOM file, or a grey PNG as one."""
    if path.suffix == ".dcm":
        run("dcmconv" if pydicom.dcmread(path, stop_before_pixels=True).file_meta.TransferSyntaxUID == ExplicitVRLittleEndian else "dcmdjpeg", path, work / "source.dcm")
        return work / "source.dcm"
    from PIL import Image

    values = numpy.asarray(Image.open(path))
    if values.ndim != 2:
        return None
    bits = 16 if values.dtype.itemsize > 1 else 8
    dataset(values.astype(numpy.int32), bits).save_as(work / "source.dcm", enforce_file_format=True)
    return work / "source.dcm"


def write_full_size(folder, out, work):
    """Every film of a folder through every lossless syntax; expected.json holds the hashes."""
    out.mkdir(parents=True, exist_ok=True)
    expected = {}
    for path in sorted([*folder.rglob("*.png"), *folder.rglob("*.dcm")]):
        source = film_source(path, work)
        for syntax, (how, options) in LOSSLESS.items() if source is not None else ():
            target = out / f"{path.stem}-{syntax}.dcm"
            expected[target.name] = hashed(how(source, target, options, work))
    (out / "expected.json").write_text(json.dumps(expected, indent=1), encoding="utf-8")
    print(f"{out}: {len(expected)} films")


def main():
    work = Path(tempfile.mkdtemp())
    try:
        if len(sys.argv) == 4 and sys.argv[2] == "--out":
            write_full_size(Path(sys.argv[1]), Path(sys.argv[3]), work)
        else:
            write_golden(work)
    finally:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
