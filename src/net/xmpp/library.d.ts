/** The part of `@xmpp/xml` 0.14 that is used here; the package has no types of its own. */
declare module "@xmpp/xml" {
  export interface Element {
    readonly name: string;
    readonly attrs: Record<string, string | undefined>;
    /** Without its prefix. */
    getName(): string;
    getNS(): string | undefined;
    getChild(name: string, namespace?: string): Element | undefined;
    getChildElements(): readonly Element[];
    text(): string;
    /** As XML, with everything escaped. */
    toString(): string;
  }

  /** Reads a stream: `element` for each child of its root, `end` with the root. */
  export class Parser {
    write(text: string): void;
    on(event: "start" | "element" | "end", listener: (element: Element) => void): void;
    on(event: "error", listener: (error: Error) => void): void;
  }

  export function xml(
    name: string,
    attributes?: Readonly<Record<string, string | undefined>>,
    ...children: readonly (Element | string)[]
  ): Element;
}
