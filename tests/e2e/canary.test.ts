/** Safe to paste: a sentence, a patient and pixels of the data appear in no log, message or error of any command. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registry } from "../../src/cli/commands/index.ts";
import { captureCli } from "../support/capture-cli.ts";
import { type TinyStreet, tinyStreet } from "../support/tiny-street.ts";

const sentence = "Canarysentence";
const patient = "77000111222333444555666777888999";
const canaries = new RegExp(`${sentence}|${patient}`, "i");
/** Twelve numbers in a row are pixels, weights or token ids. */
const manyNumbers = /(-?\d+(\.\d+)?(e-?\d+)?[,\s]+){12}/;

let street: TinyStreet;
const at = (name: string) => street.into(name);

beforeAll(async () => {
  street = await tinyStreet({
    studies: 10,
    edit: (file, text) =>
      file.endsWith(".json")
        ? text.replace(/("sentence_e[ns]": "[^"]*)\."/g, `$1 ${sentence}."`)
        : text.replace(/,\d{20,},(?=(True|False),\d{4},)/g, `,${patient},`),
  });
});
afterAll(() => street[Symbol.asyncDispose]());

/** What a person may paste: stderr, and stdout unless it is the answer itself. */
async function said(argv: string[], answersWithText = false): Promise<{ exitCode: number; text: string }> {
  const { exitCode, stdout, stderr } = await captureCli(registry, argv);
  return { exitCode, text: answersWithText && exitCode === 0 ? stderr : `${stdout}\n${stderr}` };
}

const dataArguments = () => [street.data, "--features", street.features];

describe("what every command says", () => {
  it("the canaries are in the data", async () => {
    expect(await readFile(join(street.data, "grounded_reports_20240819.json"), "utf8")).toContain(sentence);
    expect(await readFile(join(street.data, "master_table.csv"), "utf8")).toContain(patient);
  });

  it("holds no canary when it works", async () => {
    const files = await readdir(street.data, { recursive: true });
    const image = join(street.data, files.find((name) => name.endsWith(".png"))!);
    const train = [...street.train("run"), "--batch-size", "4", "--epochs", "1", "--decoder", "joint"];
    const calls: [string[], boolean][] = [
      [["data", "check", street.data], false],
      [["encode", street.data, "--encoder-model", at("clip"), "--out", at("again.safetensors")], false],
      [train, false],
      [["generate", ...dataArguments(), "--run", at("run"), "--split", "train"], false],
      [["evaluate", join(at("run"), "predictions.csv")], false],
      [["describe", image, "--box", "0.1,0.1,0.5,0.5", "--run", at("run")], true],
      [["models", "info", at("gpt2")], false],
      [["doctor"], false],
    ];
    for (const [argv, answersWithText] of calls) {
      const { exitCode, text } = await said(argv, answersWithText);
      // One patient in two splits is an error of the data, and `data check` says so.
      expect(exitCode, `${argv[0]}: ${text}`).toBe(argv[1] === "check" ? 3 : 0);
      expect(text, argv[0]).not.toMatch(canaries);
      expect(text, argv[0]).not.toMatch(manyNumbers);
    }
    for (const file of ["log.jsonl", "environment.json", "skipped.json", "config.yaml", "scores.json"]) {
      const text = await readFile(join(at("run"), file), "utf8");
      expect(text, file).not.toMatch(canaries);
    }
  });

  it("holds no canary when it fails", async () => {
    await mkdir(at("broken"), { recursive: true });
    const file = (name: string, text: string | Uint8Array) =>
      writeFile(join(at("broken"), name), text).then(() => join(at("broken"), name));
    const reports = await readFile(join(street.data, "grounded_reports_20240819.json"), "utf8");
    const cut = reports.lastIndexOf(sentence) + 5;
    const header = "StudyID,ImageID,report_es,report_en,boxes,extra_boxes,split";
    const row = (boxes: string) => `1,film.png,,${sentence}.,"${boxes}",[],train`;
    const csv = (name: string, ...rows: string[]) => file(name, [header, ...rows].join("\n"));
    const png = await file(`${patient}.txt`, `${sentence}`);
    await mkdir(at("cut"), { recursive: true });
    await writeFile(join(at("cut"), "grounded_reports_20240819.json"), reports.slice(0, cut));
    const encode = (data: string) => [
      "encode",
      data,
      "--encoder-model",
      at("clip"),
      "--out",
      at("x.safetensors"),
      "--strict",
    ];
    const calls: [string, string[]][] = [
      ["cut JSON", encode(at("cut"))],
      ["a box literal that is cut", encode(await csv("cut.csv", row(`[[0, '${sentence}', [[0.1, 0.2`)))],
      ["a box literal of another kind", encode(await csv("kind.csv", row(`{'${sentence}': ${patient}}`)))],
      ["an open quote", encode(await csv("quote.csv", `1,"${sentence}`))],
      ["a stray quote", encode(await csv("stray.csv", `1,film.png,,${sentence} "x" y,[],[],train`))],
      ["a table without header", encode(await file("plain.csv", `${patient},${sentence}\n1,2\n`))],
      ["pairs without header", ["evaluate", await file("pairs.csv", `${sentence},${patient}\n${sentence},b\n`)]],
      ["pairs cut off", ["evaluate", await file("pairs.json", `[{"ref": "${sentence}`)]],
      ["pairs of another kind", ["evaluate", await file("kind.json", `[{"ref": 1, "${sentence}": "${patient}"}]`)]],
      ["text as features", ["train", street.data, "--features", png, "--decoder-model", at("gpt2"), "--out", at("r1")]],
      ["text as a film", ["describe", png, "--box", "0,0,1,1", "--run", at("run")]],
      ["text as a configuration", ["train", street.data, "--config", png]],
      ["text as weights", ["generate", ...dataArguments(), "--run", at("run"), "--checkpoint", png]],
      ["reports as a data set of films", ["data", "check", join(street.data, "grounded_reports_20240819.json")]],
    ];
    for (const [what, argv] of calls) {
      const { exitCode, text } = await said(argv);
      expect([2, 3, 4], `${what}: ${text}`).toContain(exitCode);
      const shown = text.replaceAll(png, "<path>");
      expect(shown, what).not.toMatch(canaries);
      expect(shown, what).not.toMatch(manyNumbers);
      expect(shown, what).not.toMatch(/^\s+at .*:\d+:\d+/m);
    }
  });
});
