/**
 * The findings that can be drawn: one file each, listed here and named nowhere else. A finding's file holds all there
 * is to know about it; what films and studies have in common is in the folder above.
 */
import type { FindingKind } from "../finding.ts";
import { alveolarPattern } from "./alveolar-pattern.ts";
import { aorticElongation } from "./aortic-elongation.ts";
import { apicalPleuralThickening } from "./apical-pleural-thickening.ts";
import { atelectasis } from "./atelectasis.ts";
import { calcifiedPleuralPlaque } from "./calcified-pleural-plaque.ts";
import { callus } from "./callus.ts";
import { cardiomegaly } from "./cardiomegaly.ts";
import { centralVenousCatheter } from "./central-venous-catheter.ts";
import { consolidation } from "./consolidation.ts";
import { costophrenicAngleBlunting } from "./costophrenic-angle-blunting.ts";
import { endotrachealTube } from "./endotracheal-tube.ts";
import { granuloma } from "./granuloma.ts";
import { hemidiaphragmElevation } from "./hemidiaphragm-elevation.ts";
import { hiatalHernia } from "./hiatal-hernia.ts";
import { interstitialPattern } from "./interstitial-pattern.ts";
import { laminarAtelectasis } from "./laminar-atelectasis.ts";
import { mass } from "./mass.ts";
import { nasogastricTube } from "./nasogastric-tube.ts";
import { nodule } from "./nodule.ts";
import { pacemaker } from "./pacemaker.ts";
import { pleuralEffusion } from "./pleural-effusion.ts";
import { pneumothorax } from "./pneumothorax.ts";
import { ribFracture } from "./rib-fracture.ts";
import { scoliosis } from "./scoliosis.ts";
import { sternotomy } from "./sternotomy.ts";
import { sutureMaterial } from "./suture-material.ts";
import { vascularHilarEnlargement } from "./vascular-hilar-enlargement.ts";

export const findingKinds: readonly FindingKind[] = [
  cardiomegaly,
  pleuralEffusion,
  pneumothorax,
  nodule,
  mass,
  consolidation,
  alveolarPattern,
  interstitialPattern,
  atelectasis,
  laminarAtelectasis,
  apicalPleuralThickening,
  costophrenicAngleBlunting,
  hiatalHernia,
  aorticElongation,
  vascularHilarEnlargement,
  scoliosis,
  ribFracture,
  callus,
  granuloma,
  calcifiedPleuralPlaque,
  pacemaker,
  centralVenousCatheter,
  endotrachealTube,
  nasogastricTube,
  sternotomy,
  sutureMaterial,
  hemidiaphragmElevation,
];
