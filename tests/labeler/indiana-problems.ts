/** Problems that the Indiana collection's indexers gave to a report, and the label that means the same. */
import type { LabelName } from "../../src/metrics/labeler/mentions.ts";

/** Labels without a counterpart among the problems (Enlarged Cardiomediastinum, Pleural Other) are not compared. */
export const problemsByLabel: Readonly<Partial<Record<LabelName, readonly string[]>>> = {
  Cardiomegaly: ["Cardiomegaly"],
  "Lung Opacity": [
    ...["Opacity", "Airspace Disease", "Infiltrate", "Markings", "Density", "Cicatrix", "Pulmonary Fibrosis"],
    ...["Lung Diseases, Interstitial", "Fibrosis"],
  ],
  "Lung Lesion": ["Nodule", "Mass", "Granuloma", "Calcified Granuloma", "Granulomatous Disease", "Cavitation"],
  Edema: ["Pulmonary Edema", "Pulmonary Congestion", "Heart Failure"],
  Consolidation: ["Consolidation"],
  Pneumonia: ["Pneumonia"],
  Atelectasis: ["Pulmonary Atelectasis"],
  Pneumothorax: ["Pneumothorax", "Hydropneumothorax", "Hemopneumothorax"],
  "Pleural Effusion": ["Pleural Effusion", "Costophrenic Angle", "Hydropneumothorax"],
  Fracture: ["Fractures, Bone"],
  "Support Devices": [
    ...["Catheters, Indwelling", "Implanted Medical Device", "Tube, Inserted", "Medical Device", "Stents"],
    ...["Surgical Instruments", "Sutures", "Spinal Fusion"],
  ],
  "No Finding": ["normal"],
};
