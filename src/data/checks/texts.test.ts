import { describe, expect, it } from "vitest";
import { finding, study } from "../../../tests/support/made-studies.ts";
import type { SplitName } from "../vocabulary.ts";
import { checkTexts } from "./texts.ts";

const texts = (sentences: readonly string[], split: SplitName = "train") =>
  study(
    "1",
    sentences.map((en) => finding({ sentence: { en, es: "" } })),
    { split },
  );
const statisticsOf = (...sentences: string[]) => checkTexts([texts(sentences)], "en", undefined).statistics;

describe("checkTexts", () => {
  it("counts sentences, words and full stops", () => {
    const sentences = ["Nodule.", "Nodule.", "", "A 1.5 cm nodule.", "No full stop"];
    expect(statisticsOf(...sentences)).toMatchObject({
      sentences: 4,
      distinct: 3,
      words: { least: 1, most: 4 },
      withoutFullStop: 1,
      innerFullStop: 1,
    });
  });

  it.each([
    ...[
      "N\u0000dule.",
      "No\u007fdule.",
      "No\u0085dule.",
      "No\u200bdule.",
      "No\u00addule.",
      "No\u2060dule.",
      "\ufeffNo.",
    ],
    ...["\u2066Nodule\u2069.", "No\ufffddule.", "No\ue000dule.", "Torn \ud800.", "No\u{e0041}dule.", "No\u00a0dule."],
    ...["No\u2028dule.", "No\u0301dulo.", "No\tdule."],
  ])("finds odd characters: %j", (sentence) => {
    expect(statisticsOf(sentence)).toMatchObject({ oddCharacters: 1 });
  });

  it.each([
    ...[
      "N\u00c3\u00b3dulo.",
      "\u00c3\u2030dema.",
      "A\u00c3\u2018O.",
      "\u00e2\u20ac\u0153x\u00e2\u20ac.",
      "10 \u00c2\u00b0C.",
    ],
    ...["a \u00e2\u0080\u0093 b.", "N\u00c3\u0192\u00c2\u00b3dulo."],
  ])("finds UTF-8 that was read as Latin-1 or Windows-1252: %j", (sentence) => {
    expect(statisticsOf(sentence)).toMatchObject({ wronglyDecoded: 1 });
  });

  it("leaves alone what reports have", () => {
    const sentences = [
      "Nódulo en el lóbulo superior, ¿previo?",
      "Édema: ÂNGULO, Ã, “5–7 mm” (≥ 2×3 µm²).",
      "Año: 1.ª vez.",
    ];
    expect(statisticsOf(...sentences)).toMatchObject({ oddCharacters: 0, wronglyDecoded: 0 });
  });

  it("says where they are, ten of them", () => {
    const { problems } = checkTexts([texts(["Fine.", ...new Array(12).fill("N\u0000.")])], "en", undefined);
    expect(problems).toHaveLength(1);
    expect(problems[0]!.where).toMatch(/^study 1, finding 2; study 1, finding 3; .*finding 11 and 2 more$/);
    expect(problems[0]!.what).toMatch(/^12 English sentences with /);
  });

  it("counts tokens where somebody counts them, and what training cuts of its own sentences", () => {
    const sentences = (...lengths: number[]) => lengths.map((length) => new Array(length).fill("x").join(" "));
    const countTokens = (text: string) => text.split(" ").length;
    const train = texts(sentences(...new Array(400).fill(4), 5, 16, 300));
    const test = texts(sentences(200, 1000), "test");
    // Mean 4.77, unbiased std 14.76: ⌊152.3⌋ tokens are kept. What the test has changes nothing of it.
    expect(checkTexts([train, test], "en", countTokens).statistics.tokens).toMatchObject({
      count: { most: 1000 },
      paddingLength: 152,
      cutInTraining: 1,
      longerThanGenerated: 4,
    });
    expect(checkTexts([test], "en", countTokens).statistics.tokens).toMatchObject({ paddingLength: 1000 });
  });
});
