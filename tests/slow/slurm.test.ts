/** A study on a real Slurm of two nodes: submitted, a task killed, submitted again, the same tables as without Slurm. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProgram } from "../support/child-program.ts";
import { type SlurmCluster, startSlurm, whyNoSlurm } from "../support/slurm-cluster.ts";
import { SlurmStudy } from "../support/slurm-study.ts";
import { reportOf, type TinyStudies, tinyStudies } from "../support/tiny-study.ts";

const obstacle = whyNoSlurm();

describe.skipIf(obstacle !== undefined)(
  `a study on Slurm${obstacle === undefined ? "" : ` (skipped: ${obstacle})`}`,
  () => {
    let tiny: TinyStudies;
    let slurm: SlurmCluster;
    beforeAll(async () => {
      tiny = await tinyStudies(16);
      slurm = await startSlurm();
    });
    afterAll(async () => {
      await slurm?.[Symbol.asyncDispose]();
      await tiny?.[Symbol.asyncDispose]();
    });

    const chosen = ["--seeds", "1", "--only", "mode=image,image+mask"];

    it("is submitted, killed in part, submitted again, and ends with the tables of an ordinary run", async () => {
      // Long enough for a task to be killed in the middle.
      const study = new SlurmStudy(slurm, tiny, "cluster", ...chosen, "--set", "epochs=60");
      const first = await study.submit();
      expect(first).toMatchObject({ tasks: 2, done: 0, queued: 0 });
      // Everything is in the queue: nothing to submit a second time.
      expect(await study.submit()).toMatchObject({ tasks: 0, queued: 2 });

      process.kill(await study.freeze("image-mask"), "SIGKILL");
      await study.untilAllEnded();

      const killed = await study.status();
      expect(killed.cells.map(({ state }) => state)).toEqual(["done", "failed"]);
      expect(killed.cells[1]).toMatchObject({ cell: "image+mask", seed: 0 });
      expect(killed.cells[1]!.reason).toMatch(/ended without a word on .*cells-1\.log.*Slurm: FAILED/);
      // The tables were made of what was there, and say what was not.
      expect(killed.tables.state).toBe("done");
      const table = await study.read("grounding", "tables", "table-1.md");
      expect(table).toMatch(/Not finished, and left out.*image\+mask, seed 0/);

      const second = await study.submit();
      expect(second).toMatchObject({ tasks: 1, done: 1, queued: 0 });
      await study.untilAllEnded();
      expect((await study.status()).cells.map(({ state }) => state)).toEqual(["done", "done"]);
      expect(await study.submit()).toMatchObject({ tasks: 0, done: 2 });

      await study.runOrdinary("ordinary");
      const report = (out: string) => reportOf(join(tiny.street.into(out), "grounding"));
      expect(await report("cluster")).toEqual(await report("ordinary"));
    });

    it("says in Slurm's words why a job was refused", async () => {
      const [, name, ...rest] = tiny.study("grounding", "refused", ...chosen);
      const argv = ["study", "submit", name!, "--partition", "nowhere", ...rest];
      const { exitCode, stderr } = await startProgram(argv, { SLURM_CONF: slurm.configPath }).ended;
      expect(exitCode).toBe(3);
      expect(stderr).toMatch(/Slurm refused a job[\s\S]*invalid partition[\s\S]*Change --partition/i);
    });
  },
);
