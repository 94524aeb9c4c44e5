/** A real Slurm of two nodes on this machine: munged, slurmctld and two slurmd, in a folder of its own. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { accessSync, constants, existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { availableParallelism, hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { Daemons, findProgram, missingPrograms, until } from "./daemons.ts";
import { accountsConfiguration, accountsEnvironment, startAccounts } from "./slurm-accounts.ts";

/** Why no cluster can be started here; nothing when one can. */
export function whyNoSlurm(): string | undefined {
  const missing = missingPrograms("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol");
  if (missing.length > 0) return `not installed: ${missing.join(", ")} (Debian: slurm-wlm munge)`;
  // slurmd starts jobs as their owner; only root may.
  return userInfo().uid === 0 ? undefined : "slurmd needs root";
}

const cgroups = "/sys/fs/cgroup";

/** Why jobs here cannot be held to their memory; nothing when they can. */
export function whyNoMemoryLimits(): string | undefined {
  try {
    for (const controller of ["memory", "freezer"])
      accessSync(join(cgroups, controller, "cgroup.procs"), constants.W_OK);
    return undefined;
  } catch {
    return "no cgroups of version 1 that can be written";
  }
}

/** Whether each node can have a host name of its own, as on a real cluster. */
function canNameHosts(): boolean {
  try {
    execFileSync(findProgram("unshare")!, ["--uts", "hostname", "n1"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

const nodes = ["n1", "n2"] as const;
type Node = (typeof nodes)[number];

export interface ClusterOptions {
  /** Keeps accounts, and forgets ended jobs after some seconds. */
  readonly hasAccounts?: boolean;
  /** Holds jobs to their --mem. */
  readonly limitsMemory?: boolean;
}

export interface SlurmCluster extends AsyncDisposable {
  /** Where its programs find it; for `process.env`. */
  readonly configPath: string;
  /** Runs one of Slurm's programs. */
  tell(program: string, ...argv: string[]): Promise<string>;
  /** The cluster gives up a node; what runs there goes on, as behind a broken network. */
  loseNode(node: string): Promise<void>;
  returnNode(node: string): Promise<void>;
  /** What its daemons said, for a failing test. */
  logs(): Promise<string>;
}

const clusterName = "regionformer-test";

const configuration = (dir: string, { hasAccounts = false, limitsMemory = false }: ClusterOptions) => `
ClusterName=${clusterName}
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmctldPort=17000
SlurmUser=root
AuthType=auth/munge
# A requeued job waits until its old credential is over.
AuthInfo=socket=${dir}/munge.socket,cred_expire=5
CredType=cred/munge
CommunicationParameters=block_null_hash
ProctrackType=proctrack/${limitsMemory ? "cgroup" : "linuxproc"}
TaskPlugin=task/${limitsMemory ? "cgroup" : "none"}
JobAcctGatherType=jobacct_gather/none
${hasAccounts ? accountsConfiguration(dir) : "AccountingStorageType=accounting_storage/none"}
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=900
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
ReturnToService=2
KillWait=10
MinJobAge=${hasAccounts ? 2 : 300}
MpiDefault=none
StateSaveLocation=${dir}/state
SlurmdSpoolDir=${dir}/spool-%n
SlurmctldPidFile=${dir}/slurmctld.pid
SlurmdPidFile=${dir}/slurmd-%n.pid
SlurmctldLogFile=${dir}/slurmctld.log
SlurmdLogFile=${dir}/slurmd-%n.log
NodeName=n[1-2] NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=[17001-17002] CPUs=${availableParallelism()} RealMemory=1900 State=UNKNOWN
PartitionName=tests Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;

const cgroupConfiguration = `
CgroupMountpoint=${cgroups}
CgroupPlugin=cgroup/v1
ConstrainRAMSpace=yes
`;

/** Folders of slurmd in the cgroups, which it leaves behind. */
const cgroupFolders = () =>
  ["memory", "freezer"].flatMap((controller) => nodes.map((node) => join(cgroups, controller, `slurm_${node}`)));

export async function startSlurm(options: ClusterOptions = {}): Promise<SlurmCluster> {
  const dir = await mkdtemp(join(tmpdir(), "regionformer-slurm-"));
  const path = (name: string) => join(dir, name);
  const configPath = path("slurm.conf");
  const daemons = new Daemons({ SLURM_CONF: configPath, ...accountsEnvironment(dir) });
  const foreign = cgroupFolders().filter((folder) => existsSync(folder));
  const lost = new Set<Node>();
  const tell: SlurmCluster["tell"] = (program, ...argv) => daemons.tell(program, ...argv);
  const logs = async () => {
    const names = ["munged.log", "slurmdbd.log", "slurmctld.log", "slurmd-n1.log", "slurmd-n2.log"];
    const texts = await Promise.all(names.map((name) => readFile(path(name), "utf8").catch(() => "")));
    return texts.map((text, i) => `${names[i]}:\n${text.slice(-3000)}`).join("\n");
  };
  const namesHosts = canNameHosts();
  const startNode = (node: Node) => {
    const argv = ["-D", "-N", node, "-f", configPath];
    const named = ["--uts", "sh", "-c", `hostname ${node} && exec "$0" "$@"`, findProgram("slurmd")!, ...argv];
    if (namesHosts) daemons.start(node, "unshare", ...named);
    else daemons.start(node, "slurmd", ...argv);
  };
  const allIdle = async () => /^2 idle$/m.test(await tell("sinfo", "-h", "-o", "%D %t").catch(() => ""));
  const returnNode = async (node: Node) => {
    lost.delete(node);
    startNode(node);
    await tell("scontrol", "update", `nodename=${node}`, "state=resume").catch(() => "");
  };
  const endJobs = async () => {
    for (const node of lost) await returnNode(node);
    await tell("scancel", "--user=root");
    await until(async () => (await tell("squeue", "-h")).trim() === "", logs);
    // A slurmd that came back ends what it finds running.
    await until(allIdle, logs);
  };
  const dispose = async () => {
    await endJobs().catch(() => {});
    await daemons.endAll();
    for (const folder of cgroupFolders()) if (!foreign.includes(folder)) await rmdir(folder).catch(() => {});
    await rm(dir, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    // munged and slurmd insist on folders that nobody else can write.
    await chmod(dir, 0o755);
    for (const name of ["state", "spool-n1", "spool-n2"]) await mkdir(path(name));
    await writeFile(path("munge.key"), randomBytes(128), { mode: 0o400 });
    await writeFile(configPath, configuration(dir, options));
    if (options.limitsMemory) await writeFile(path("cgroup.conf"), cgroupConfiguration);
    daemons.start(
      ...(["munged", "munged"] as const),
      ...["--foreground", "--force", `--socket=${path("munge.socket")}`, `--key-file=${path("munge.key")}`],
      ...[`--log-file=${path("munged.log")}`, `--pid-file=${path("munged.pid")}`, `--seed-file=${path("munged.seed")}`],
    );
    await until(async () => existsSync(path("munge.socket")), logs);
    if (options.hasAccounts) await startAccounts(daemons, dir, clusterName);
    daemons.start("slurmctld", "slurmctld", "-D", "-f", configPath);
    for (const node of nodes) startNode(node);
    await until(allIdle, logs);
  } catch (error) {
    await dispose();
    throw error;
  }
  const known = (name: string) => nodes.find((node) => node === name)!;
  return {
    ...{ configPath, tell, logs, returnNode: (name) => returnNode(known(name)), [Symbol.asyncDispose]: dispose },
    loseNode: async (name) => {
      lost.add(known(name));
      await daemons.end(name, "SIGKILL");
      await tell("scontrol", "update", `nodename=${name}`, "state=down", "reason=test");
    },
  };
}
