/** From beside. */
export declare const plain: 1, other: 2;
