export default "lib one";
