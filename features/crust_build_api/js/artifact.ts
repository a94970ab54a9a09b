// BuildArtifact: a file of a build's output, which is a Blob of its bytes.

import { Blob } from "crust:web/blob";

/** What the native side tells of a file. */
export interface ArtifactInfo {
  path: string;
  kind: "entry-point" | "chunk" | "asset" | "sourcemap" | "declaration" | "metafile-json";
  loader: string;
  hash: string;
  type: string;
  sourcemap: number | null;
}

export class BuildArtifact extends Blob {
  readonly path: string;
  readonly kind: string;
  readonly loader: string;
  readonly hash: string;
  sourcemap: BuildArtifact | null = null;

  constructor(info: ArtifactInfo, bytes: Uint8Array) {
    super([bytes], { type: info.type });
    this.path = info.path;
    this.kind = info.kind;
    this.loader = info.loader;
    this.hash = info.hash;
  }

  [Symbol.for("nodejs.util.inspect.custom")](_depth: number, options: object, inspect: (value: unknown, options: object) => string): string {
    const { path, loader, kind, hash, size, type } = this;
    return `BuildArtifact (${kind}) ${inspect({ path, loader, kind, hash, size, type, sourcemap: this.sourcemap?.path ?? null }, options)}`;
  }
}
Object.defineProperty(BuildArtifact.prototype, Symbol.toStringTag, { value: "BuildArtifact", configurable: true });
