// A shortest edit script (Myers, "An O(ND) Difference Algorithm") over two lists. Pure.
// Bounded by the caller: memory is O((N+M)·D).

/** -1: only in `b`, 0: in both, 1: only in `a`. */
export type Edit<T> = [-1 | 0 | 1, T];

export function myersDiff<T>(a: readonly T[], b: readonly T[], equal: (x: T, y: T) => boolean = Object.is): Edit<T>[] {
  const max = a.length + b.length;
  const offset = max + 1;
  const furthest = new Int32Array(2 * max + 3);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= max; d++) {
    trace.push(furthest.slice(offset - d - 1, offset + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest[offset + k - 1]! < furthest[offset + k + 1]!);
      let x = down ? furthest[offset + k + 1]! : furthest[offset + k - 1]! + 1;
      let y = x - k;
      while (x < a.length && y < b.length && equal(a[x]!, b[y]!)) {
        x++;
        y++;
      }
      furthest[offset + k] = x;
      if (x >= a.length && y >= b.length) return backtrack(a, b, trace);
    }
  }
  return [];
}

function backtrack<T>(a: readonly T[], b: readonly T[], trace: Int32Array[]): Edit<T>[] {
  const out: Edit<T>[] = [];
  let x = a.length;
  let y = b.length;
  for (let d = trace.length - 1; d >= 0; d--) {
    const row = trace[d]!;
    const at = (k: number) => row[k + d + 1]!;
    const k = x - y;
    const previous = k === -d || (k !== d && at(k - 1) < at(k + 1)) ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : at(previous);
    const fromY = fromX - previous;
    while (x > (d === 0 ? 0 : fromX) && y > (d === 0 ? 0 : fromY)) {
      x--;
      y--;
      out.push([0, a[x]!]);
    }
    if (d === 0) break;
    if (x === fromX) out.push([-1, b[--y]!]);
    else out.push([1, a[--x]!]);
  }
  return out.reverse();
}
