export const value = 1;
export function self() { "use strict"; return this; }
