/** The paper's mappers at full size against PyTorch: the prefix and every gradient. */
import { describe, expect, it } from "vitest";
import { type Shape, sizeOf } from "../../src/base/arrays.ts";
import { Graph, gradients, ops } from "../../src/graph/index.ts";
import { type MapperConfig, mapper, mapperShapes } from "../../src/models/mapper/index.ts";
import { Params } from "../../src/nn/index.ts";
import { openRuntime } from "../../src/runtime/node/index.ts";
import { expectClose } from "../support/expect-close.ts";
import { readGolden } from "../support/golden.ts";
import { portableValues, portableWeights } from "../support/portable.ts";
import { sampled } from "../support/sampled.ts";

interface Input {
  readonly name: string;
  readonly shape: Shape;
}
interface Case {
  readonly seed: string;
  readonly config: Omit<MapperConfig, "decoderWidth" | "mlpRatio"> & { readonly width: number };
  readonly features: Input;
  readonly G: Input;
  readonly parameters: Record<string, Shape>;
}

/** Numbers of parameters as REFERENCE §2.6 has them. */
const counts: Record<string, number> = {
  "image+mask": 69_316_608,
  image: 53_587_968,
  mlp: 31_468_800,
  "mlp-40": 479_769_600,
};

const runtime = openRuntime();
const golden = readGolden<{ cases: Case[] }>("mapper-full");

describe("full-size mappers", () => {
  it.each(golden.manifest.cases.map((c) => [c.seed, c] as const))(
    "%s: prefix and every gradient",
    async (seed, full) => {
      const { width, ...sizes } = full.config;
      const model: MapperConfig = {
        ...{ latentLength: 1, heads: 1, layers: 1 },
        ...sizes,
        decoderWidth: width,
        mlpRatio: 2,
      };
      expect(Object.fromEntries(mapperShapes(model))).toEqual(full.parameters);
      expect(Object.values(full.parameters).reduce((sum, shape) => sum + sizeOf(shape), 0)).toBe(counts[seed]);
      const graph = new Graph("mapper");
      const visual = graph.input("visual", "float32", full.features.shape);
      const prefix = mapper(new Params(graph), model, visual);
      const G = graph.input("G", "float32", full.G.shape);
      const names = Object.keys(full.parameters);
      const targets = [visual, ...names.map((name) => graph.inputs.get(name)!)];
      const made = gradients(ops.reduceSum(ops.mul(prefix, G)), targets);
      const outputs = Object.fromEntries(["features", ...names].map((name, i) => [`gradient/${name}`, made[i]!]));
      const weights = portableWeights(seed, full.parameters);
      await using session = await runtime.compile({ P: prefix, ...outputs }, { weights });
      const actual = await session.run(
        new Map([
          ["visual", portableValues(full.features.name, full.features.shape)],
          ["G", portableValues(full.G.name, full.G.shape)],
        ]),
      );
      const expected = golden.under(`${seed}/`);
      expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort());
      for (const [name, { data }] of expected) {
        expectClose(sampled(actual.get(name)!.data as Float32Array), data, "float32Engine", name);
      }
    },
  );
});
