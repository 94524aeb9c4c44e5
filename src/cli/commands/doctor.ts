/** `regionformer doctor`: can this machine run the program, and on what? */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, freemem, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { float32 } from "../../base/arrays.ts";
import { writeFileAtomic } from "../../base/node/files.ts";
import { type DeviceName, deviceNames, devices } from "../../runtime/index.ts";
import { defineCommand, packageInfo } from "../framework/index.ts";

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

interface CheckPlan {
  readonly name: string;
  /** Exit code of the program when this check fails. */
  readonly exitCode: number;
  /** What was found; throws when the check fails. */
  check(): Promise<string>;
}

/** Platforms that the engine has binaries for, as `${process.platform} ${process.arch}`. */
const enginePlatforms = ["linux x64", "linux arm64", "win32 x64", "win32 arm64", "darwin arm64"];

/** What a device is on this machine; `needs` where it cannot be used. */
interface DeviceReport {
  readonly name: DeviceName;
  readonly usable: boolean;
  readonly detail: string;
  readonly needs?: string;
}

/** Compiles and runs an addition the way every station runs its graphs. */
async function checkEngine(): Promise<string> {
  const platform = `${process.platform} ${process.arch}`;
  if (!enginePlatforms.includes(platform)) {
    throw new Error(`onnxruntime-node does not ship for ${platform}; it does for ${enginePlatforms.join(", ")}`);
  }
  const { engineVersion, openRuntime } = await import("../../runtime/node/index.ts");
  const { Graph, ops } = await import("../../graph/index.ts");
  const x = new Graph("doctor").input("x", "float32", [2]);
  await using session = await openRuntime({ threads: 1 }).compile({ sum: ops.add(x, x) });
  const sum = (await session.run(new Map([["x", float32([2], [10.5, 21])]]))).get("sum")?.data;
  if (sum?.[0] !== 21 || sum[1] !== 42) throw new Error(`onnxruntime-node ${engineVersion()} adds wrongly`);
  return `onnxruntime-node ${engineVersion()} compiles and runs a graph on the CPU`;
}

/** Tries every device with the self-test that a station would run before it uses the device. */
async function tryDevices(): Promise<DeviceReport[]> {
  const { tryDevice } = await import("../../runtime/node/index.ts");
  const reports: DeviceReport[] = [];
  for (const name of deviceNames) {
    const trial = await tryDevice(name);
    const difference = trial.usable
      ? `differs from the CPU by ${trial.distance.toExponential(1)} in the self-test`
      : "";
    if (!trial.usable) reports.push({ name, usable: false, detail: trial.reason, needs: devices[name].needs });
    else reports.push({ name, usable: true, detail: name === "cpu" ? "the default" : difference });
  }
  return reports;
}

/** A 16-bit grey PNG must come back with every bit: radiographs have more than 8. */
async function checkImages(): Promise<string> {
  const { default: sharp } = await import("sharp");
  const pixels = Uint16Array.of(0, 1, 32_767, 65_535);
  const png = await sharp(pixels, { raw: { width: 2, height: 2, channels: 1 } })
    .toColourspace("grey16")
    .png()
    .toBuffer();
  const bytes = await sharp(png).toColourspace("grey16").raw({ depth: "ushort" }).toBuffer();
  const back = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  if (back.length !== pixels.length || pixels.some((value, i) => value !== back[i])) {
    throw new Error(`sharp ${sharp.versions.sharp} changes the values of a 16-bit grey PNG`);
  }
  return `sharp ${sharp.versions.sharp} keeps 16-bit grey PNG exactly`;
}

async function checkTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "regionformer-doctor-"));
  try {
    const path = join(folder, "file");
    await writeFileAtomic(path, "written");
    if ((await readFile(path, "utf8")) !== "written") throw new Error("a written file reads back differently");
    return `${tmpdir()} can be written`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const PLANS: readonly CheckPlan[] = [
  { name: "engine", exitCode: 4, check: checkEngine },
  { name: "images", exitCode: 3, check: checkImages },
  { name: "temporary folder", exitCode: 3, check: checkTemporaryFolder },
];

async function runCheck({ name, check }: CheckPlan): Promise<Check> {
  try {
    return { name, ok: true, detail: await check() };
  } catch (error) {
    return { name, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

function describeMachine() {
  const totalBytes = Math.min(totalmem(), process.constrainedMemory()); // a container may allow less than there is
  return {
    versions: { regionformer: packageInfo().version, node: process.version },
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memory: { totalBytes, freeBytes: Math.min(totalBytes, freemem()) },
  };
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

export const doctor = defineCommand({
  description: "Shows versions, cores, memory and devices, and tries the parts that depend on the machine.",
  arguments: [],
  options: z.object({}),
  examples: ["doctor", "doctor --json"],
  async run() {
    const machine = describeMachine();
    const checks = await Promise.all(PLANS.map(runCheck));
    const hasEngine = checks[0]?.ok === true;
    const reports = hasEngine ? await tryDevices() : [];
    const engine = hasEngine ? (await import("../../runtime/node/index.ts")).engineVersion() : undefined;
    const lines = [
      `regionformer ${machine.versions.regionformer}, Node ${machine.versions.node}, ${machine.platform}`,
      `cores: ${machine.cores}, memory: ${gigabytes(machine.memory.totalBytes)}, free ${gigabytes(machine.memory.freeBytes)}`,
      `devices: ${reports.flatMap(({ name, usable }) => (usable ? [name] : [])).join(", ") || "none"}`,
    ];
    for (const { name, usable, detail, needs } of reports) {
      lines.push(usable ? `  --device ${name}: ${detail}` : `  not ${name}: ${detail}; it needs ${needs}`);
    }
    for (const { name, ok, detail } of checks) lines.push(`${ok ? "ok    " : "FAILED"} ${name}: ${detail}`);
    const failed = PLANS.find((_, i) => checks[i]?.ok === false);
    return {
      document: { ...machine, engine: engine ?? null, devices: reports, checks },
      text: lines.join("\n"),
      exitCode: failed?.exitCode ?? 0,
    };
  },
});
