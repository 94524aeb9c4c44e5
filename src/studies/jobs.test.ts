import fc from "fast-check";
import { expect, it } from "vitest";
import { jobsFor, threadsFor, trainingBytes } from "./jobs.ts";

/** REFERENCE §2 and §3: 69 M trained parameters, GPT-2 small frozen, batch 40, 54 positions of which 14 are text. */
const paper = {
  ...{ trainedParameters: 69_316_608, frozenParameters: 124_439_808, rows: 40, sequence: 54, captionTokens: 14 },
  ...{ vocabulary: 50_257, width: 768, decoderLayers: 12, mapperSequence: 80, mapperLayers: 8 },
};

it("the paper's step is estimated at the 6.3 GB that were measured", () => {
  expect(trainingBytes(paper) / 6.3e9).toBeGreaterThan(0.9);
  expect(trainingBytes(paper) / 6.3e9).toBeLessThan(1.1);
});

it("as many trainings run as memory, cores and work allow, and never none", () => {
  const machine = { cores: 16, memory: 64e9 };
  expect(jobsFor(6.3e9, 100, machine)).toBe(7);
  expect(jobsFor(6.3e9, 3, machine)).toBe(3);
  expect(jobsFor(50e6, 100, machine)).toBe(8);
  expect(jobsFor(100e9, 100, machine)).toBe(1);
});

it("jobs stay within memory and cores", () => {
  const bytes = fc.integer({ min: 1e6, max: 1e11 });
  fc.assert(
    fc.property(
      bytes,
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 256 }),
      bytes,
      (need, work, cores, memory) => {
        const jobs = jobsFor(need, work, { cores, memory });
        expect(jobs).toBeGreaterThanOrEqual(1);
        if (jobs > 1) expect(jobs * need).toBeLessThanOrEqual(memory);
        expect(jobs).toBeLessThanOrEqual(Math.max(1, Math.min(work, cores)));
        expect(jobs * threadsFor(jobs, cores)).toBeLessThanOrEqual(Math.max(jobs, cores));
      },
    ),
  );
});
