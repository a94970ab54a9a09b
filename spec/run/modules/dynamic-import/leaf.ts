console.log("leaf");
export const named = "named";
export default "default";
