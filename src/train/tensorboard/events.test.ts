import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { readGolden } from "../../../tests/support/golden.ts";
import { crc32c } from "./crc32c.ts";
import { fileHeader, scalars } from "./events.ts";

it("CRC-32C gives the check value of its definition", () => {
  expect(crc32c(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
});

it("events are TensorBoard's own bytes", () => {
  const { manifest } = readGolden<{
    fileHeader: { wallTime: number };
    events: { wallTime: number; step: number; values: Record<string, number> }[];
  }>("events");
  const records = manifest.events.map(({ wallTime, step, values }) => scalars(wallTime, step, values));
  const file = readFileSync(new URL("../../../tests/golden/events/events.out.tfevents.0", import.meta.url));
  expect(Buffer.concat([fileHeader(manifest.fileHeader.wallTime), ...records])).toEqual(file);
});
