export interface Entry { key: string }
