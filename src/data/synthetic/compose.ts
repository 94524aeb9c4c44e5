/** The whole synthetic set as plans: reports and what is on the films, nothing rendered yet. */
import { findingKinds } from "./findings/index.ts";
import { drawPatients } from "./patient.ts";
import { composeStudy, type SyntheticStudy } from "./study.ts";

/** Label group by label, for every finding that can be drawn. */
export const labelGroups: ReadonlyMap<string, string> = new Map(
  findingKinds.map(({ label, labelGroup }) => [label, labelGroup]),
);

/**
 * Plans `count` studies. The same seed gives the same studies; a larger count begins with those of a smaller one
 * (but for the last patient, who may have had more films).
 */
export function composeSet(seed: number, count: number): SyntheticStudy[] {
  const compose = composer(seed, count);
  return Array.from({ length: count }, (_, serial) => compose(serial));
}

/** As `composeSet`, one study at a time. */
export function composer(seed: number, count: number): (serial: number) => SyntheticStudy {
  const plans = drawPatients(seed, count).flatMap((patient) => patient.studies.map((plan) => ({ patient, plan })));
  return (serial) => {
    const { patient, plan } = plans[serial]!;
    return composeStudy(findingKinds, patient, plan, serial);
  };
}
