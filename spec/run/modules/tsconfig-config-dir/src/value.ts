export default "relative to the project, not to the base";
