export const enum Size { Small = 4, Large = 9 }
