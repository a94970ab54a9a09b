// The numbers of what natives know by number: the forms of a key and the hash functions.

export const RAW = 0;
export const SPKI = 1;
export const PKCS8 = 2;
export const RAW_PRIVATE = 3;

interface HashInfo {
  readonly id: number;
  readonly bytes: number;
  readonly blockBits: number;
}

/** The hash functions by the name that the standard gives them. */
export const HASHES: Readonly<Record<string, HashInfo>> = {
  "SHA-1": { id: 0, bytes: 20, blockBits: 512 },
  "SHA-256": { id: 1, bytes: 32, blockBits: 512 },
  "SHA-384": { id: 2, bytes: 48, blockBits: 1024 },
  "SHA-512": { id: 3, bytes: 64, blockBits: 1024 },
  "SHA3-256": { id: 4, bytes: 32, blockBits: 1088 },
  "SHA3-384": { id: 5, bytes: 48, blockBits: 832 },
  "SHA3-512": { id: 6, bytes: 64, blockBits: 576 },
};

export function hashId(name: string): number {
  return (HASHES[name] as HashInfo).id;
}
