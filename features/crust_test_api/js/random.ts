// The shuffled order that a seed repeats; the same generator as in Rust (crust_testplan's order.rs).
export function shuffle<T>(items: T[], seed: number): void {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  for (let last = items.length - 1; last > 0; last--) {
    const pick = Math.floor((next() / 0x100000000) * (last + 1));
    [items[last], items[pick]] = [items[pick]!, items[last]!];
  }
}
