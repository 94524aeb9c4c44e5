import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { captureCli } from "../../../tests/support/capture-cli.ts";
import { describeWithSharedData } from "../../../tests/support/shared-data.ts";
import { formatNames } from "../../data/formats/index.ts";
import { encodePng16 } from "../../images/node/index.ts";
import { registry } from "./index.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "convert-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function run(...argv: string[]) {
  const { exitCode, stdout, stderr } = await captureCli(registry, ["data", ...argv, "--json"]);
  return { exitCode, stderr, document: stdout === "" ? undefined : JSON.parse(stdout) };
}

/** A set of one study in the folder, with its film of 60 × 40 pixels. */
async function writeSet(name: string, imageId: string): Promise<string> {
  const root = join(folder, name);
  await mkdir(root, { recursive: true });
  const finding = {
    sentence_en: "Nodule.",
    sentence_es: "Nódulo.",
    abnormal: true,
    labels: ["nodule"],
    boxes: [[0, 0, 0.5, 0.5]],
  };
  await writeFile(
    join(root, "grounded_reports_x.json"),
    JSON.stringify([{ StudyID: "1", ImageID: imageId, findings: [finding] }]),
  );
  await writeFile(join(root, "1.png"), await encodePng16({ width: 60, height: 40 }, new Uint16Array(2400)));
  return root;
}

describe("data convert", () => {
  it("writes pixels with the size of the film, and says what the format cannot hold", async () => {
    const root = await writeSet("plain", "1.png");
    const out = join(folder, "yolo");
    const { exitCode, document } = await run("convert", root, out, "--to", "yolo");
    expect(exitCode).toBe(0);
    expect(await readFile(join(out, "labels", "1.txt"), "utf8")).toBe("0 0.25 0.25 0.5 0.5\n");
    expect(document.losses).toEqual([
      { what: "English sentences", lost: 1, of: 1 },
      { what: "Spanish sentences", lost: 1, of: 1 },
    ]);
    const coco = join(folder, "coco");
    await run("convert", out, coco, "--from", "yolo", "--to", "coco", "--images", root);
    expect(JSON.parse(await readFile(join(coco, "instances.json"), "utf8"))).toMatchObject({
      images: [{ file_name: "1.png", width: 60, height: 40 }],
      annotations: [{ bbox: [0, 0, 30, 20] }],
    });
  });

  it("writes nothing outside its folder, whatever images are called", async () => {
    const root = await writeSet("hostile", "../../evil.png");
    for (const to of formatNames) {
      const { exitCode, document } = await run("convert", root, join(folder, "safe", to), "--to", to);
      expect([to, exitCode, document.studies]).toEqual([to, 3, 0]);
      expect(document.problems.map(({ code }: { code: string }) => code)).toContain("unsafe-name");
    }
    expect((await readdir(folder)).filter((name) => name.includes("evil"))).toEqual([]);
    const paths = await readdir(join(folder, "safe"), { recursive: true });
    expect(paths.filter((path) => path.includes("evil"))).toEqual([]);
  });

  it("ends with 130 on Ctrl-C, and has written nothing", async () => {
    const root = await writeSet("stopped", "1.png");
    const out = join(folder, "stopped-out");
    const controller = new AbortController();
    controller.abort();
    const { exitCode, stdout } = await captureCli(
      registry,
      ["data", "convert", root, out, "--to", "yolo"],
      controller.signal,
    );
    expect([exitCode, stdout, existsSync(out)]).toEqual([130, "", false]);
  });

  it("ends with 130 whenever Ctrl-C comes: no new folder, and nothing new in one that was there", async () => {
    const root = await writeSet("any-moment", "1.png");
    for (const isThere of [false, true]) {
      const out = join(folder, `any-moment-${isThere}`);
      if (isThere) await mkdir(out);
      let moments = 0;
      for (let exitCode: number | undefined = 130; exitCode === 130; moments++) {
        const controller = new AbortController();
        let asked = 0;
        vi.spyOn(controller.signal, "throwIfAborted").mockImplementation(() => {
          if (asked++ === moments) controller.abort();
          AbortSignal.prototype.throwIfAborted.call(controller.signal);
        });
        const argv = ["data", "convert", root, out, "--to", "yolo"];
        ({ exitCode } = await captureCli(registry, argv, controller.signal));
        const written = existsSync(out) ? (await readdir(out)).filter((name) => name !== ".converting") : undefined;
        if (exitCode === 130) expect(written).toEqual(isThere ? [] : undefined);
        else expect([exitCode, written?.sort()]).toEqual([0, ["classes.txt", "labels"]]);
      }
      const left = await readdir(folder, { recursive: true });
      expect(left.filter((name) => name.includes(".converting"))).toEqual([]);
      // After reading, before each of two files, before the comparison, before the end.
      expect(moments).toBeGreaterThan(5);
    }
  });

  it("refuses what is not of the format, naming the place", async () => {
    const root = await writeSet("other", "1.png");
    const { exitCode, stderr } = await run("convert", root, join(folder, "no"), "--from", "coco", "--to", "yolo");
    expect(exitCode).toBe(3);
    expect(stderr).toContain("grounded_reports_x.json");
  });
});

describe("data convert without --from", () => {
  it("names the candidates where there are several formats, and says when there is none", async () => {
    const mixed = join(folder, "mixed");
    await mkdir(join(mixed, "voc"), { recursive: true });
    await writeFile(join(mixed, "voc", "1.xml"), "<annotation><filename>1.png</filename></annotation>");
    await writeFile(join(mixed, "1.txt"), "0 0.5 0.5 0.2 0.2\n");
    const several = await run("convert", mixed, join(folder, "nowhere"), "--to", "coco");
    expect(several.exitCode).toBe(2);
    expect(several.stderr).toContain("yolo (1.txt), pascal-voc (voc/1.xml)");
    expect(several.stderr).toContain("--from");
    const one = await run("convert", mixed, join(folder, "chosen"), "--to", "yolo", "--from", "yolo");
    expect(one).toMatchObject({ exitCode: 0, document: { from: "yolo", studies: 1 } });
    await writeFile(join(mixed, "1.txt"), "CANARY remark\n");
    await rm(join(mixed, "voc"), { recursive: true });
    const none = await run("convert", mixed, join(folder, "nowhere"), "--to", "coco");
    expect(none.exitCode).toBe(3);
    expect(none.stderr).toContain("1 files, none of which looks like one");
    expect(none.stderr).not.toContain("CANARY");
    expect(existsSync(join(folder, "nowhere"))).toBe(false);
  });

  it("tells what a file of another tool says and a study does not hold", async () => {
    const file = join(folder, "tasks.json");
    const result = [{ id: "a", type: "polygonlabels", value: { points: [[1, 1]], polygonlabels: ["x"] } }];
    await writeFile(file, JSON.stringify([{ data: { image: "1.png" }, annotations: [{ result }] }]));
    const { stderr, document } = await run("convert", file, join(folder, "held"), "--to", "padchest-gr");
    expect([stderr, document.from]).toEqual(["", "label-studio"]);
    expect(document.problems).toMatchObject([
      { code: "not-held", where: "tasks.json", what: 'Not held: 1 × results of type "polygonlabels".' },
    ]);
  });
});

describeWithSharedData("data convert of the small real set", (at) => {
  it("to every format and back gives the same boxes, and through the rich ones the same check", async () => {
    const root = at("real-cxr");
    const before = (await run("check", root)).document;
    for (const to of formatNames) {
      const there = join(folder, "there", to);
      const back = join(folder, "back", to);
      const first = await run("convert", root, there, "--to", to);
      expect([to, first.exitCode]).toEqual([to, 0]);
      const second = await run("convert", there, back, "--to", "padchest-gr", "--images", root);
      expect([to, second.exitCode, second.document.losses]).toEqual([to, 0, []]);
      const isDataset = to === "padchest-gr" || to === "authors-csv";
      expect(second.document.from).toBe(isDataset ? "dataset" : to);
      const boxesLost = first.document.losses.find(({ what }: { what: string }) => what === "first reader's boxes");
      // A box of two labels becomes two where a label makes the finding; none may become fewer.
      expect([to, boxesLost]).toEqual([to, undefined]);
      if (!["padchest-gr", "coco", "label-studio"].includes(to)) continue;
      const { document: after } = await run("check", back, "--images", root);
      for (const key of [
        "studies",
        "sentences",
        "positive",
        "negative",
        "boxes",
        "secondReaderBoxes",
        "patients",
        "splits",
      ]) {
        expect([to, key, after[key]]).toEqual([to, key, before[key]]);
      }
    }
  });
});
