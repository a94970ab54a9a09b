export default "a.tsx";
