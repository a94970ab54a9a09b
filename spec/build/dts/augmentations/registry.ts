export class Registry { list: Entry[] = []; }
export interface Entry { name: string }
