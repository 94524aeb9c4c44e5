/** What models made of texts, kept from one measurement to the next: reading a text costs far more than looking it up. */

export interface Memory {
  /** The reading of a text as it was added: JSON that nobody has checked yet; undefined when there is none. */
  get(text: string): unknown;
  /** @param readings plain JSON */
  add(readings: readonly (readonly [text: string, reading: unknown])[]): Promise<void>;
}

/** Opens what is known of one model's readings; asked for by each measurement. */
export type OpenMemory = () => Promise<Memory>;
