/** Accounts of a test's Slurm: MariaDB and slurmdbd in the cluster's folder. */
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Daemons, missingPrograms, until } from "./daemons.ts";

/** Why a cluster here can keep no accounts; nothing when it can. */
export function whyNoAccounts(): string | undefined {
  const missing = missingPrograms("slurmdbd", "mariadbd", "mariadb-install-db", "sacct", "sacctmgr");
  return missing.length === 0 ? undefined : `not installed: ${missing.join(", ")} (Debian: slurmdbd mariadb-server)`;
}

const port = 17003;

/** Lines of slurm.conf. */
export const accountsConfiguration = (dir: string) => `
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=${port}
AccountingStoragePass=${dir}/munge.socket
`;

const configuration = (dir: string) => `
AuthType=auth/munge
AuthInfo=socket=${dir}/munge.socket
CommunicationParameters=block_null_hash
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=${port}
SlurmUser=root
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
StorageLoc=accounts
LogFile=${dir}/slurmdbd.log
PidFile=${dir}/slurmdbd.pid
`;

/** Where MariaDB's library looks for the server. */
export const accountsEnvironment = (dir: string) => ({ MYSQL_UNIX_PORT: join(dir, "db.socket") });

/** After munged, before slurmctld. @param daemons with `accountsEnvironment` */
export async function startAccounts(daemons: Daemons, dir: string, cluster: string): Promise<void> {
  const data = `--datadir=${join(dir, "db")}`;
  const small = ["--innodb-log-file-size=8M", "--innodb-buffer-pool-size=16M"];
  const install = ["--auth-root-authentication-method=normal", "--skip-test-db"];
  await daemons.tell("mariadb-install-db", "--no-defaults", data, "--user=root", ...small, ...install);
  const { MYSQL_UNIX_PORT: socket } = accountsEnvironment(dir);
  const own = [`--socket=${socket}`, "--skip-networking", `--pid-file=${dir}/db.pid`, `--log-error=${dir}/db.log`];
  daemons.start("mariadbd", "mariadbd", "--no-defaults", data, "--user=root", ...small, ...own);
  const never = async () => "MariaDB or slurmdbd do not start.";
  await until(async () => existsSync(socket), never);
  // slurmdbd insists on it.
  await writeFile(join(dir, "slurmdbd.conf"), configuration(dir), { mode: 0o600 });
  daemons.start("slurmdbd", "slurmdbd", "-D");
  const added = () => daemons.tell("sacctmgr", "--immediate", "add", "cluster", cluster);
  await until(
    () =>
      added()
        .then(() => true)
        .catch(() => false),
    never,
  );
}
