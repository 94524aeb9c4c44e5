import { describe, expect, it } from "vitest";
import { padchestLabelF1 } from "../labels/padchest-label-f1.ts";
import { scoresOf } from "../measurement.ts";
import { isMeasured, type Metric } from "../metric.ts";
import { locationF1, placesIn } from "./locations.ts";
import { laterality, sidesOf } from "./sides.ts";

const pair = (hypothesis: string, reference: string) => ({ hypothesis, references: [reference] });

describe("sides", () => {
  it.each([
    ["Left pleural effusion", true, false],
    ["Derrame pleural derecho.", false, true],
    ["bibasal atelectasis", true, true],
    ["ambos hilios", true, true],
    ["Right greater than left effusions", true, true],
    ["Cardiomegaly", false, false],
    ["cleft", false, false],
  ])("'%s': left %s, right %s", (text, left, right) => expect(sidesOf(text)).toEqual({ left, right }));

  it("agree, are opposite, or do not count", () => {
    const measurement = laterality.measure([
      pair("left effusion", "left effusion"),
      pair("right effusion", "left effusion"),
      pair("effusion", "left effusion"),
      pair("bilateral effusions", "left effusion"),
      pair("left effusion", "effusion"), // the reference names no side
    ]);
    const scores = scoresOf(measurement);
    expect(scores.get("laterality (rules)")!.corpus).toBe(1 / 4);
    expect(scores.get("opposite side (rules)")!.corpus).toBe(1 / 4);
    expect([...scores.get("laterality (rules)")!.items]).toEqual([1, 0, 0, 0, Number.NaN]);
    expect(measurement.details).toEqual({ pairsWithASide: 4 });
  });
});

describe("places", () => {
  it.each([
    ["Nodule in the right upper lobe", ["upper lobe or zone"]],
    ["Atelectasia en lóbulo inferior izquierdo y língula", ["lower lobe or zone", "lingula"]],
    ["Bibasal atelectasis with pleural effusion", ["base", "pleura"]],
    ["Perihilar haze", ["hilum"]],
    ["T12 compression", ["spine"]],
    ["No relevant findings", []],
  ])("'%s' names %j", (text, expected) => expect(placesIn(text)).toEqual(expected));

  it("are scored by their micro F1", () => {
    const pairs = [pair("right base", "right base and apex"), pair("hilum", "pleura")];
    // tp 1, fp 1, fn 2
    expect(scoresOf(locationF1.measure(pairs)).get("location-F1 (rules)")!.corpus).toBeCloseTo(0.4, 12);
  });
});

describe("PadChest labels", () => {
  const corpus = (metric: Metric, pairs: readonly ReturnType<typeof pair>[]) => {
    const outcome = metric.measure(pairs, undefined as never);
    if (outcome instanceof Promise || !isMeasured(outcome)) throw new Error("not measured");
    return scoresOf(outcome).get("PadChest-label F1 (rules)")!.corpus;
  };

  it("are the radiologists' against the words of the hypothesis", () => {
    const pairs = [
      pair("Laminar atelectasis and pleural effusion.", ""), // all right
      pair("Cardiomegaly. No pleural effusion.", ""), // the denied label does not count
      pair("Derrame pleural izquierdo", ""), // made up
      pair("Scoliosis", ""), // carries no labels: does not count
    ];
    const labels = [
      ["Laminar atelectasis", "pleural effusion"],
      ["cardiomegaly", "sequelae of war"],
      ["nodule"],
      undefined,
    ];
    // tp 3, fp 1 (effusion), fn 2 (sequelae of war, nodule)
    expect(corpus(padchestLabelF1(labels), pairs)).toBeCloseTo(6 / 9, 12);
  });

  it("find a label that has no words of its own by its name, and leave Normal out", () => {
    expect(
      corpus(padchestLabelF1([["sequelae of war"], ["Normal"]]), [pair("Sequelae of war.", ""), pair("x", "")]),
    ).toBe(1);
  });

  it("say when no row carries labels, and refuse another number of rows", () => {
    const none = padchestLabelF1([undefined]);
    expect(none.measure([pair("", "")], undefined as never)).toMatchObject({ reason: "no row carries labels" });
    expect(() => none.measure([], undefined as never)).toThrow(/not as many rows of labels/);
  });
});
