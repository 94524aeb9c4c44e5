/** CheXbert, which reads labels from reports. */
export { chexbertGraph, chexbertHeads, chexbertShapes } from "./chexbert.ts";
