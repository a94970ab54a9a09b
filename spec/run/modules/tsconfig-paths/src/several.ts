export default "the second of several";
