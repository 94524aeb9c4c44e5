/** The part of dcmjs that reads files; the package brings no types of its own. */
declare module "dcmjs" {
  export interface Element {
    readonly vr: string;
    readonly Value: readonly unknown[];
  }

  /** Elements by their tag as eight hexadecimal digits. */
  export type Elements = Readonly<Record<string, Element | undefined>>;

  const dcmjs: {
    readonly data: {
      readonly DicomMessage: {
        readFile(
          file: ArrayBuffer,
          options: { readonly ignoreErrors: boolean; readonly noCopy: boolean; readonly untilTag?: string },
        ): { readonly meta: Elements; readonly dict: Elements };
      };
    };
    readonly log: { setLevel(level: "silent", persist: false): void };
  };
  export default dcmjs;
}
