let step = 0;
export const log = (text: string) => console.log(++step, text);
