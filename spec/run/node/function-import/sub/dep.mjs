export default "beside load.cjs";
