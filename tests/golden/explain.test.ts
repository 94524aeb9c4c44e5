/** Explanations against PyTorch's autograd: the paper's maps and every spatial method, for a sentence and for one token. */
import { describe, expect, it } from "vitest";
import {
  attribute,
  defaultMethodOptions,
  latentMaps,
  methodsFor,
  type Question,
  type Target,
} from "../../src/explain/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { type ExplainCase, openSystem, subjectsOf } from "../support/explained-system.ts";
import { readGolden } from "../support/golden.ts";

const runtime = openRuntime();
const golden = readGolden<{ steps: number; token: number; cases: ExplainCase[] }>("explain");
const { cases, steps, token } = golden.manifest;

/** Every subject by every target, with the name of its arrays. */
function questionsOf(of: ExplainCase): { question: Question; prefix: string }[] {
  const targets: Record<string, Target> = { sentence: "sentence", token };
  return subjectsOf(of).flatMap((subject, i) =>
    Object.entries(targets).map(([name, target]) => ({
      question: { subject, target },
      prefix: `${of.seed}/${i}/${name}`,
    })),
  );
}

describe.each(cases.map((of) => [of.seed, of] as const))("%s", (_, of) => {
  const asked = questionsOf(of);
  const questions = asked.map(({ question }) => question);

  it("knows the log-probability of each token", async () => {
    await using system = openSystem(runtime, of);
    for (const method of methodsFor(system.config.encoder).filter((name) => name !== "occlusion")) {
      const found = await attribute(method, system, questions, { ...defaultMethodOptions, steps });
      asked.forEach(({ prefix, question: { target } }, i) => {
        const expected = golden.array(`${prefix}/logProbabilities`).data;
        const score = target === "sentence" ? expected.reduce((a, b) => a + b, 0) : expected[token]!;
        expectClose([found[i]!.score], [score], "float32Engine", `${method} ${prefix}`);
        const { baselineScore } = found[i]!;
        if (baselineScore !== undefined) {
          expectClose([baselineScore], golden.array(`${prefix}/baselineScore`).data, "float32Engine", prefix);
        }
      });
    }
  });

  it.each([
    ...["legrad", "gradient-input", "integrated-gradients"].map((name) => [name, name, 1] as const),
    ["occlusion", "occlusion-1", 1] as const,
    ["occlusion", "occlusion-2", 2] as const,
  ])("%s (%s)", async (method, folder, window) => {
    await using system = openSystem(runtime, of);
    const name = methodsFor(system.config.encoder).find((each) => each === method);
    if (name === undefined) {
      const refused = attribute("legrad", system, questions, defaultMethodOptions);
      await expect(refused).rejects.toThrow(/LeGrad needs an encoder whose layers attend/);
      return;
    }
    const found = await attribute(name, system, questions, { baseline: "black", steps, window });
    asked.forEach(({ prefix }, i) => {
      const maps = [...found[i]!.maps];
      expect(maps.map(([stream]) => stream)).toEqual(of.input.mode.split("+"));
      for (const [stream, map] of maps) {
        const expected = golden.array(`${prefix}/${folder}/${stream}`);
        expect(map.side ** 2).toBe(expected.data.length);
        expectClose(map.values, expected.data, "attribution", `${prefix}/${folder}/${stream}`);
      }
    });
  });

  it("the paper's map and its LeGrad variant, as the public code has them and clean", async () => {
    await using system = openSystem(runtime, of);
    const clean = await latentMaps(system, questions, "clean");
    const reference = await latentMaps(system, questions, "reference");
    asked.forEach(({ prefix }, i) => {
      const expected = (name: string) => golden.array(`${prefix}/latent/${name}`).data;
      expectClose(clean[i]!.attention, expected("attention"), "attribution", `${prefix} attention`);
      expectClose(clean[i]!.legrad, expected("legrad-clean"), "attribution", `${prefix} clean`);
      // Truncation to 8 bits may fall to the other side of a whole level: never more than one.
      const levels = (values: ArrayLike<number>) => Array.from(values, (value) => Math.round(255 * value));
      const expectedLevels = levels(expected("legrad-reference"));
      levels(reference[i]!.legrad).forEach((level, k) => {
        expect(Math.abs(level - expectedLevels[k]!)).toBeLessThanOrEqual(1);
      });
      const exact = Array.from(expected("legrad-reference-exact"), (value) => 255 * value);
      reference[i]!.legrad.forEach((value, k) => {
        expect(255 * value).toBeGreaterThanOrEqual(exact[k]! - 1.01);
        expect(255 * value).toBeLessThanOrEqual(exact[k]! + 0.01);
      });
    });
  });
});
