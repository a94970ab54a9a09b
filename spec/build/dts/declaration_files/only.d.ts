export interface Only { only: true }
