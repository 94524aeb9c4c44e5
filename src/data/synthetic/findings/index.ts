/**
 * The findings that can be drawn: one file each, listed here and named nowhere else. A finding's file holds all there
 * is to know about it; what films and studies have in common is in the folder above.
 */
import type { FindingKind } from "../finding.ts";
import { cardiomegaly } from "./cardiomegaly.ts";
import { consolidation } from "./consolidation.ts";
import { hiatalHernia } from "./hiatal-hernia.ts";
import { laminarAtelectasis } from "./laminar-atelectasis.ts";
import { nodule } from "./nodule.ts";
import { pacemaker } from "./pacemaker.ts";
import { pleuralEffusion } from "./pleural-effusion.ts";
import { pneumothorax } from "./pneumothorax.ts";

export const findingKinds: readonly FindingKind[] = [
  cardiomegaly,
  pleuralEffusion,
  pneumothorax,
  nodule,
  consolidation,
  pacemaker,
  laminarAtelectasis,
  hiatalHernia,
];
