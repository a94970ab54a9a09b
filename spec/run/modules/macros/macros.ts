export let count = 0;
export const args = (...all: unknown[]) => all;
export async function late() {
  count++;
  await new Promise((resolve) => setTimeout(resolve, 1));
  return { when: "later" };
}
export default () => "default";
