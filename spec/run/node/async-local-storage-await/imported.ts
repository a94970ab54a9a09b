export async function later<T>(get: () => T): Promise<(T | undefined)[]> {
  const seen: (T | undefined)[] = [];
  try {
    await (Promise.reject(new Error("no")) as Promise<never>);
  } catch {
    seen.push(get());
  } finally {
    await null;
    seen.push(get());
  }
  outer: for await (const n of [1, 2, 3] as const) {
    if (n === 2) continue outer;
    if (n === 3) break outer;
    seen.push(get());
  }
  const nested = await (async () => ({ value: (await null, get()) }))();
  return [...seen, nested.value, await get()!];
}
