// What must be undone before the process ends: raw terminals. Never decides when it ends.

const steps: (() => void)[] = [];

export function atExit(step: () => void): void {
  steps.push(step);
}

export function run(): void {
  for (const step of steps.splice(0)) step();
}
