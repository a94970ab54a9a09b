export default function foo(){}; export const __esModule = true;
