export const plain = 1; export const other = 2;
