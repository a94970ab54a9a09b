export function unused(a: unknown): string {
  switch (a) {
    case 1:
      return "one";
    default:
      return "other";
  }
}
