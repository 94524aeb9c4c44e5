/** A real Slurm of two nodes on this machine: munged, slurmctld and two slurmd, in a folder of its own. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir, userInfo } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

const places = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];

function find(program: string): string | undefined {
  return places.map((place) => join(place, program)).find((path) => existsSync(path));
}

/** Why no cluster can be started here; nothing when one can. */
export function whyNoSlurm(): string | undefined {
  const missing = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel"].filter((name) => !find(name));
  if (missing.length > 0) return `not installed: ${missing.join(", ")} (Debian: slurm-wlm munge)`;
  // slurmd starts jobs as their owner; only root may.
  return userInfo().uid === 0 ? undefined : "slurmd needs root";
}

export interface SlurmCluster extends AsyncDisposable {
  /** Where its programs find it; for `process.env`. */
  readonly configPath: string;
  /** Runs one of Slurm's programs. */
  tell(program: string, ...argv: string[]): Promise<string>;
  /** What its daemons said, for a failing test. */
  logs(): Promise<string>;
}

const configuration = (dir: string, cores: number) => `
ClusterName=regionformer-test
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=17000
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=${dir}/munge.socket
CredType=cred/munge
CommunicationParameters=block_null_hash
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
ReturnToService=2
KillWait=1
MinJobAge=300
MpiDefault=none
StateSaveLocation=${dir}/state
SlurmdSpoolDir=${dir}/spool-%n
SlurmctldPidFile=${dir}/slurmctld.pid
SlurmdPidFile=${dir}/slurmd-%n.pid
SlurmctldLogFile=${dir}/slurmctld.log
SlurmdLogFile=${dir}/slurmd-%n.log
NodeName=n[1-2] NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=[17001-17002] CPUs=${cores} State=UNKNOWN
PartitionName=tests Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  const waited = await Promise.race([exit.then(() => true), setTimeout(5000, false)]);
  if (!waited) child.kill("SIGKILL");
}

export async function startSlurm(): Promise<SlurmCluster> {
  const dir = await mkdtemp(join(tmpdir(), "regionformer-slurm-"));
  const path = (name: string) => join(dir, name);
  // munged and slurmd insist on folders that nobody else can write.
  await chmod(dir, 0o755);
  for (const name of ["state", "spool-n1", "spool-n2"]) await mkdir(path(name));
  await writeFile(path("munge.key"), randomBytes(128), { mode: 0o400 });
  const configPath = path("slurm.conf");
  const cores = (await run("nproc")).stdout.trim();
  await writeFile(configPath, configuration(dir, Number(cores)));
  const env = { ...process.env, SLURM_CONF: configPath };
  const daemons: ChildProcess[] = [];
  const start = (program: string, ...argv: string[]) => {
    daemons.push(spawn(find(program)!, argv, { stdio: "ignore", env }));
  };
  const tell = async (program: string, ...argv: string[]) => (await run(find(program)!, argv, { env })).stdout;
  const logs = async () => {
    const names = ["munged.log", "slurmctld.log", "slurmd-n1.log", "slurmd-n2.log"];
    const texts = await Promise.all(names.map((name) => readFile(path(name), "utf8").catch(() => "")));
    return texts.map((text, i) => `${names[i]}:\n${text.slice(-3000)}`).join("\n");
  };
  const dispose = async () => {
    for (const daemon of daemons.reverse()) await end(daemon);
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    start(
      "munged",
      ...["--foreground", "--force", `--socket=${path("munge.socket")}`, `--key-file=${path("munge.key")}`],
      ...[`--log-file=${path("munged.log")}`, `--pid-file=${path("munged.pid")}`, `--seed-file=${path("munged.seed")}`],
    );
    for (let i = 0; !existsSync(path("munge.socket")) && i < 100; i++) await setTimeout(100);
    start("slurmctld", "-D", "-f", configPath);
    for (const node of ["n1", "n2"]) start("slurmd", "-D", "-N", node, "-f", configPath);
    for (let i = 0; ; i++) {
      const idle = await tell("sinfo", "-h", "-o", "%D %t").catch(() => "");
      if (/^2 idle$/m.test(idle)) return { configPath, tell, logs, [Symbol.asyncDispose]: dispose };
      if (i === 150) throw new Error(`The nodes are not ready: ${idle}\n${await logs()}`);
      await setTimeout(100);
    }
  } catch (error) {
    await dispose();
    throw error;
  }
}
