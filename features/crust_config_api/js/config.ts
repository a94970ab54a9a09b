// `Bun.config`: the project header as constants. The objects are frozen, so that their values stay what
// they are and the engine may treat them so.

import { snapshot } from "crust:ops/config_api";

interface Config {
  readonly version: number;
  readonly registryHash: number;
  readonly features: Readonly<Record<string, boolean>>;
  readonly terminal: Readonly<{ mode: string; rows: number; cols: number }>;
}

function make(): Config {
  const [version, registryHash, mode, rows, cols, ...flags] = snapshot() as any[];
  const features: Record<string, boolean> = {};
  for (let index = 0; index < flags.length; index += 2) features[flags[index]] = flags[index + 1];
  return Object.freeze({
    version,
    registryHash,
    features: Object.freeze(features),
    terminal: Object.freeze({ mode, rows, cols }),
  });
}

export const config: Config = make();
