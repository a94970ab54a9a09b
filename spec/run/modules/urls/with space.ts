export default "file: URL with a space";
